// CpuBudget: the CPU time that the lanes of heavy work may spend together under a CPU quota. A
// quota knows no niceness: whoever uses it up has the loops stopped with him until its period ends.
// So workers spend a share of it, and wait when that is used up. What a job spends is known when it
// is done: the debt is carried, and what it may well spend is claimed before, or all workers would
// begin in the moment at which a debt is paid, and use up a period's quota together. Where there is
// no quota there is no limit, and nothing is counted; it may come, go and change at any time. Any
// thread; owned by whoever builds the lanes, outlives them.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

#include "core/base/clock.h"

namespace core {

class CpuBudget {
 public:
  // What is not spent is kept for so long: a tenth of the period that CFS quotas usually have, so
  // that within any period hardly more than the share is spent.
  static constexpr Duration kKeptFor = std::chrono::milliseconds(10);

  static constexpr double kNoLimit = std::numeric_limits<double>::infinity();

  // `cpus`: seconds of CPU time in a second, 0 < cpus.
  explicit CpuBudget(double cpus = kNoLimit);
  // From now on. The debt is forgiven, for at another limit it would take another time to pay; at
  // most it is one job of each worker.
  void set(double cpus);
  [[nodiscard]] bool is_limited() const {
    return cpus_.load(std::memory_order_relaxed) != kNoLimit;
  }

  // --- The arithmetic.

  // The debt is paid then; at `now` or before: a job may begin.
  [[nodiscard]] TimePoint paid_at() const { return TimePoint(Duration(paid_at_.load())); }
  void spend(Duration cpu_time, TimePoint now);
  // False: there is a debt at `now`. Else `cpu_time` is spent; what a job did not need of it is
  // spent back.
  [[nodiscard]] bool try_claim(Duration cpu_time, TimePoint now);

  // --- Workers.

  // Until `cpu_time` could be claimed; false: nothing was, for `stopping` or because of lift().
  [[nodiscard]] bool wait_to_claim(Duration cpu_time, const std::atomic<bool>& stopping);
  // Whoever waits looks at its `stopping` again.
  void wake();
  // Nobody waits any more: what is still out is to end soon. Any thread, once for all.
  void lift() {
    lifted_.store(true);
    wake();
  }

 private:
  // How much later the debt is paid.
  [[nodiscard]] Duration::rep takes(Duration cpu_time) const;

  std::atomic<double> cpus_;
  std::atomic<Duration::rep> paid_at_;
  std::atomic<std::uint32_t> wakes_{0};  // a futex
  std::atomic<bool> lifted_{false};
};

}  // namespace core
