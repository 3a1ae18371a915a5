// DurationCounts: how often durations of each size were seen, in powers of two. One thread at a
// time writes, so that no read-modify-write is paid; any thread reads, and may see one value of a
// duration before the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "core/base/clock.h"
#include "core/base/counter.h"

namespace core {

// What was seen until now, of one or several. A value.
struct DurationTotals {
  // Bucket i: from 2^i to below 2^(i+1) nanoseconds; 0 is in the first, and the last, from 2.1 s,
  // has no end.
  static constexpr std::size_t kBuckets = 32;

  std::array<std::uint64_t, kBuckets> buckets{};
  Duration sum{};

  [[nodiscard]] std::uint64_t count() const {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
  }
};

class DurationCounts {
 public:
  static constexpr std::size_t kBuckets = DurationTotals::kBuckets;

  // One thread at a time; `times` durations that are alike.
  void note(Duration duration, std::uint64_t times = 1);

  // --- Any thread.
  [[nodiscard]] std::uint64_t count() const { return count_.value(); }
  [[nodiscard]] Duration sum() const { return Duration(static_cast<Duration::rep>(sum_.value())); }
  [[nodiscard]] std::uint64_t bucket(std::size_t index) const { return buckets_.at(index).value(); }
  void add_to(DurationTotals& totals) const;
  [[nodiscard]] DurationTotals totals() const {
    DurationTotals totals;
    add_to(totals);
    return totals;
  }

 private:
  Counter count_;
  Counter sum_;  // nanoseconds
  std::array<Counter, kBuckets> buckets_;
};

}  // namespace core
