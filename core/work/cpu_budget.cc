#include "core/work/cpu_budget.h"

#include <algorithm>
#include <limits>

#include "core/base/futex.h"
#include "core/base/invariant.h"

namespace core {

namespace {

constexpr Duration::rep kNoDebt = TimePoint::min().time_since_epoch().count();

}  // namespace

CpuBudget::CpuBudget(double cpus) : cpus_(cpus), paid_at_(kNoDebt) { INVARIANT(cpus > 0); }

void CpuBudget::set(double cpus) {
  INVARIANT(cpus > 0);
  cpus_.store(cpus);
  paid_at_.store(kNoDebt);
  wake();
}

// The bucket's fill is kept as the time at which it is empty no longer (the virtual scheduling of
// ITU-T I.371): one word, so no lock.
void CpuBudget::spend(Duration cpu_time, TimePoint now) {
  const auto takes =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(cpu_time) / cpus_.load());
  const Duration::rep earliest = (now - kKeptFor).time_since_epoch().count();
  Duration::rep before = paid_at_.load();
  while (!paid_at_.compare_exchange_weak(before, std::max(before, earliest) + takes.count())) {
  }
}

void CpuBudget::wait(const std::atomic<bool>& stopping) {
  for (;;) {
    const std::uint32_t seen = wakes_.load();
    const TimePoint now = Clock::now();
    const TimePoint until = paid_at();
    if (stopping.load() || lifted_.load() || until <= now) return;
    futex_wait(wakes_, seen, until - now);
  }
}

void CpuBudget::wake() {
  wakes_.fetch_add(1);
  futex_wake(wakes_, std::numeric_limits<std::int32_t>::max());
}

}  // namespace core
