// LaneMeter: how long the jobs of a lane waited and ran, and how fast the lane drains. One worker
// at a time writes, under its pool's mutex, so that no read-modify-write is paid; any thread reads,
// and may see one value of a job before the other.
#pragma once

#include <atomic>

#include "core/base/clock.h"
#include "core/base/duration_counts.h"

namespace core {

class LaneMeter {
 public:
  struct Times {
    Duration waited{};  // from its submission until it ran
    Duration ran{};
    // For how long it had a worker: what it ran, and waited for CPU time before (cpu_budget.h).
    Duration held{};
  };

  // One thread at a time.
  void note(const Times& times);

  // --- Any thread.
  [[nodiscard]] const DurationCounts& waited() const { return waited_; }
  [[nodiscard]] const DurationCounts& ran() const { return ran_; }
  // How long a job has its worker: the mean over the last dozen or so, of which later ones weigh
  // more. 0 before the first.
  [[nodiscard]] Duration recently_held() const {
    return Duration(held_.load(std::memory_order_relaxed));
  }

 private:
  DurationCounts waited_;
  DurationCounts ran_;
  std::atomic<Duration::rep> held_{0};
};

}  // namespace core
