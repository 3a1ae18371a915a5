// TurnObserver: told by a loop when it is woken and what it has worked when it waits again. What
// lies between is what everybody else on the loop has to wait for. Loop thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/doing.h"

namespace core {

enum class Phase : std::uint8_t { kTimers, kCompletions, kInbox, kCheck, kClose };
inline constexpr std::size_t kPhaseCount = 5;

class TurnObserver {
 public:
  struct Work {
    TimePoint woken;
    TimePoint ended;
    std::array<Duration, kPhaseCount> phases{};
    const Doing* doing = nullptr;
  };

  TurnObserver() = default;
  TurnObserver(const TurnObserver&) = delete;
  TurnObserver& operator=(const TurnObserver&) = delete;
  virtual ~TurnObserver() = default;

  virtual void on_woken(TimePoint now) = 0;
  virtual void on_worked(const Work& work) = 0;
  // The loop sleeps apart from the kernel's work on sockets, which then counts as the loop's. Costs
  // a system call a turn.
  [[nodiscard]] virtual bool sleeps_apart() const { return false; }
};

}  // namespace core
