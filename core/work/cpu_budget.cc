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
  const Duration::rep later = takes(cpu_time);
  const Duration::rep earliest = (now - kKeptFor).time_since_epoch().count();
  Duration::rep before = paid_at_.load();
  while (!paid_at_.compare_exchange_weak(before, std::max(before, earliest) + later)) {
  }
  if (later < 0) wake();  // the debt is paid earlier than who waits has heard
}

bool CpuBudget::try_claim(Duration cpu_time, TimePoint now) {
  const Duration::rep later = takes(cpu_time);
  const Duration::rep earliest = (now - kKeptFor).time_since_epoch().count();
  Duration::rep before = paid_at_.load();
  do {
    if (before > now.time_since_epoch().count()) return false;
  } while (!paid_at_.compare_exchange_weak(before, std::max(before, earliest) + later));
  return true;
}

Duration::rep CpuBudget::takes(Duration cpu_time) const {
  const std::chrono::duration<double> seconds = cpu_time;
  return std::chrono::duration_cast<Duration>(seconds / cpus_.load()).count();
}

bool CpuBudget::wait_to_claim(Duration cpu_time, const std::atomic<bool>& stopping) {
  for (;;) {
    const std::uint32_t seen = wakes_.load();
    if (stopping.load() || lifted_.load()) return false;
    const TimePoint now = Clock::now();
    if (try_claim(cpu_time, now)) return true;
    if (const TimePoint until = paid_at(); until > now) futex_wait(wakes_, seen, until - now);
  }
}

void CpuBudget::wake() {
  wakes_.fetch_add(1);
  futex_wake(wakes_, std::numeric_limits<std::int32_t>::max());
}

}  // namespace core
