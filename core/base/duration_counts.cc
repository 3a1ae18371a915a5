#include "core/base/duration_counts.h"

#include <algorithm>
#include <bit>

namespace core {

void DurationCounts::note(Duration duration, std::uint64_t times) {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 0));
  const auto index =
      static_cast<std::size_t>(std::bit_width(std::max<std::uint64_t>(nanoseconds, 1))) - 1;
  buckets_[std::min(index, kBuckets - 1)].add(times);
  sum_.add(nanoseconds * times);
  count_.add(times);
}

void DurationCounts::add_to(DurationTotals& totals) const {
  for (std::size_t i = 0; i < kBuckets; ++i) totals.buckets[i] += bucket(i);
  totals.sum += sum();
}

}  // namespace core
