#include "core/base/duration_counts.h"

#include <algorithm>
#include <bit>

namespace core {
namespace {

// One thread writes: a plain addition is enough.
template <typename Value>
void add(std::atomic<Value>& to, Value value) {
  to.store(to.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

}  // namespace

void DurationCounts::note(Duration duration) {
  const Duration::rep nanoseconds = std::max<Duration::rep>(duration.count(), 0);
  const auto at_least_one = static_cast<std::uint64_t>(std::max<Duration::rep>(nanoseconds, 1));
  const auto index = static_cast<std::size_t>(std::bit_width(at_least_one)) - 1;
  add(buckets_[std::min(index, kBuckets - 1)], std::uint64_t{1});
  add(sum_, nanoseconds);
  add(count_, std::uint64_t{1});
}

}  // namespace core
