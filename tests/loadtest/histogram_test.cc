// Goal: percentiles are those of a sorted list of all durations, to 1/256 and never below; count,
// maximum and mean are exact. Method: random durations of many sizes (the seed is fixed) beside a
// vector; edges by hand.

#include "loadtest/histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

using loadtest::Histogram;
using std::chrono::nanoseconds;

TEST_CASE("an empty histogram is all zero") {
  const Histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.max().count() == 0);
  CHECK(histogram.mean().count() == 0);
  CHECK(histogram.quantile(0.99).count() == 0);
}

TEST_CASE("one duration is every percentile, exactly") {
  for (const std::int64_t value : {0LL, 1LL, 511LL, 512LL, 513LL, 123'456'789LL, 1LL << 42}) {
    CAPTURE(value);
    Histogram histogram;
    histogram.record(nanoseconds(value));
    for (const double fraction : {0.001, 0.5, 0.999, 1.0}) {
      CHECK(histogram.quantile(fraction).count() == value);
    }
    CHECK(histogram.mean().count() == value);
  }
}

TEST_CASE("percentiles are those of the sorted durations") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    Histogram histogram;
    std::vector<std::int64_t> sorted;
    const std::size_t count = 1 + random() % 5000;
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = static_cast<std::int64_t>(random() >> (24 + random() % 40));
      sorted.push_back(value);
      histogram.record(nanoseconds(value));
    }
    std::sort(sorted.begin(), sorted.end());
    for (const double fraction : {0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      CAPTURE(fraction);
      const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(count) * fraction));
      const std::int64_t exact = sorted[rank - 1];
      const std::int64_t got = histogram.quantile(fraction).count();
      CHECK(got >= exact);
      CHECK(got - exact <= exact / 256);
    }
    CHECK(histogram.count() == count);
    CHECK(histogram.max().count() == sorted.back());
    CHECK(histogram.quantile(1.0) == histogram.max());
  }
}

TEST_CASE("merged histograms are one histogram of all") {
  Histogram all;
  Histogram low;
  Histogram high;
  for (int i = 1; i <= 1000; ++i) {
    const nanoseconds value(i * 1000);
    all.record(value);
    (i <= 300 ? low : high).record(value);
  }
  low.merge(high);
  CHECK(low.count() == all.count());
  CHECK(low.max() == all.max());
  CHECK(low.mean() == all.mean());
  for (const double fraction : {0.1, 0.5, 0.99}) {
    CHECK(low.quantile(fraction) == all.quantile(fraction));
  }
}

TEST_CASE("below zero is zero, beyond the last bucket is the maximum") {
  Histogram histogram;
  histogram.record(nanoseconds(-5));
  CHECK(histogram.quantile(1.0).count() == 0);
  histogram.record(std::chrono::hours(20));
  histogram.record(std::chrono::hours(30));
  CHECK(histogram.quantile(0.5) == std::chrono::hours(30));
  CHECK(histogram.max() == std::chrono::hours(30));
}
