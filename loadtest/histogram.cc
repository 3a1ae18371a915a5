#include "loadtest/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace loadtest {
namespace {

// Values below 2^9 have a bucket each; from there on every power of two has 2^8 of them.
constexpr unsigned kExactBits = 9;
constexpr unsigned kRowBits = kExactBits - 1;
constexpr std::size_t kRowBuckets = std::size_t{1} << kRowBits;
constexpr unsigned kValueBits = 43;  // 2.4 hours
constexpr std::size_t kBuckets = (kValueBits - kRowBits + 1) * kRowBuckets;

std::size_t bucket_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= kExactBits) return static_cast<std::size_t>(value);
  const unsigned shift = width - kExactBits;
  // The row of `shift` holds values whose shifted form has exactly kExactBits bits.
  return shift * kRowBuckets + static_cast<std::size_t>(value >> shift);
}

// The greatest value that counts in the bucket.
std::uint64_t top_of(std::size_t bucket) {
  if (bucket < 2 * kRowBuckets) return bucket;
  const std::size_t shift = bucket / kRowBuckets - 1;
  return ((bucket - shift * kRowBuckets + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(kBuckets) {}

void Histogram::record(std::chrono::nanoseconds duration) {
  const auto kept = std::max(duration, std::chrono::nanoseconds(0));
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(kept.count()));
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
  sum_ += static_cast<double>(kept.count());
  max_ = std::max(max_, kept);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

std::chrono::nanoseconds Histogram::mean() const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

std::chrono::nanoseconds Histogram::quantile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(static_cast<double>(count_) * fraction));
  std::uint64_t seen = 0;
  // The last bucket has no top of its own.
  for (std::size_t i = 0; i + 1 < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(std::chrono::nanoseconds(top_of(i)), max_);
  }
  return max_;
}

}  // namespace loadtest
