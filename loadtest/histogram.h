// Histogram: how often each duration was seen, in HDR style: a bucket is never wider than 1/256 of
// the durations in it, whatever their size, so p99.9 of microseconds and of minutes is equally
// exact. One thread fills it; merged and read when that thread is done. Cannot fail: what is longer
// than the last bucket counts there, and the maximum is kept exactly.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace loadtest {

class Histogram {
 public:
  Histogram();

  // Below zero counts as zero.
  void record(std::chrono::nanoseconds duration);
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds max() const { return max_; }
  // Zero when nothing was recorded, as all here.
  [[nodiscard]] std::chrono::nanoseconds mean() const;
  // The least duration that at least `fraction` (0 < fraction <= 1) of all do not exceed; up to
  // 1/256 more, never less, never more than max().
  [[nodiscard]] std::chrono::nanoseconds quantile(double fraction) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0;  // nanoseconds
  std::chrono::nanoseconds max_{0};
};

}  // namespace loadtest
