// DurationCounts: how often durations of each size were seen, in powers of two. One thread at a
// time writes, so that no read-modify-write is paid; any thread reads, and may see one value of a
// duration before the other.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"

namespace core {

class DurationCounts {
 public:
  // Bucket i: from 2^i to below 2^(i+1) nanoseconds; 0 is in the first, and the last, from 2.1 s,
  // has no end.
  static constexpr std::size_t kBuckets = 32;

  // One thread at a time.
  void note(Duration duration);

  // --- Any thread.
  [[nodiscard]] std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  [[nodiscard]] Duration sum() const { return Duration(sum_.load(std::memory_order_relaxed)); }
  [[nodiscard]] std::uint64_t bucket(std::size_t index) const {
    return buckets_.at(index).load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> count_{0};
  std::atomic<Duration::rep> sum_{0};
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
};

}  // namespace core
