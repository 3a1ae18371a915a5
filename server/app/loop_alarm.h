// LoopAlarm: says which loop is held by what, while it is held, on a thread of its own. Made and
// stopped by whoever owns the loops.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/probe/loop_watch.h"
#include "server/app/periodic_thread.h"

namespace server {

class LoopAlarm {
 public:
  static constexpr core::Duration kPeriod = std::chrono::milliseconds(100);
  // From then on a health check says that the server is not well.
  static constexpr core::Duration kHealthyUntil = std::chrono::seconds(2);

  struct Callbacks {
    std::function<void(const std::string&)> say;
    // What a loop's thread executes, by the loop's index; empty: nobody asked for it.
    std::function<std::string(std::size_t)> stack_of = {};
  };

  // Called on the thread of this. The loops outlive this.
  LoopAlarm(const std::vector<const core::LoopStatistics*>& loops, Callbacks callbacks,
            core::LoopWatch::Options options = {});

  [[nodiscard]] bool stop(core::Duration limit) { return thread_.stop(limit); }

  // Any thread.
  [[nodiscard]] bool all_go_on() const {
    return watch_.longest_held(core::Clock::now()) < kHealthyUntil;
  }

 private:
  void look();

  core::LoopWatch watch_;
  const Callbacks callbacks_;
  PeriodicThread thread_;
};

// "loop 0 is held for 312 ms in its check phase, by ..."
[[nodiscard]] std::string describe(const core::LoopWatch::Held& held);

}  // namespace server
