#include "loadtest/pacer.h"

#include <cmath>

#include "core/base/invariant.h"

namespace loadtest {

Pacer::Pacer(core::TimePoint start, double rate, std::size_t index, std::size_t loops)
    : start_(start), interval_nanoseconds_(1e9 / rate), index_(index), loops_(loops) {
  INVARIANT(rate > 0 && index < loops);
}

// From the start each time: adding up intervals would add up what rounding took from them.
core::TimePoint Pacer::moment(std::uint64_t number) const {
  const auto place = static_cast<double>(number * loops_ + index_);
  return start_ + std::chrono::nanoseconds(std::llround(place * interval_nanoseconds_));
}

std::uint64_t Pacer::waiting(core::TimePoint until) const {
  if (next() >= until) return 0;
  const std::chrono::duration<double, std::nano> late = until - next();
  const double own_interval = interval_nanoseconds_ * static_cast<double>(loops_);
  return static_cast<std::uint64_t>(std::ceil(late.count() / own_interval));
}

}  // namespace loadtest
