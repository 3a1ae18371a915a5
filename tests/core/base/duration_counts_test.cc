// Goal: a duration is counted where its size says. Method: a table around the powers of two.

#include "core/base/duration_counts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace std::chrono_literals;
using core::DurationCounts;

TEST_CASE("each duration is in the bucket of its power of two") {
  struct Case {
    core::Duration duration;
    std::size_t bucket;
  };
  const Case cases[] = {{-5ns, 0},
                        {0ns, 0},
                        {1ns, 0},
                        {2ns, 1},
                        {3ns, 1},
                        {4ns, 2},
                        {1023ns, 9},
                        {1024ns, 10},
                        {1ms, 19},
                        {1s, 29},
                        {2'147'483'647ns, 30},
                        {2'147'483'648ns, 31},
                        {1h, 31}};
  for (const Case& one : cases) {
    CAPTURE(one.duration.count());
    DurationCounts counts;
    counts.note(one.duration);
    for (std::size_t i = 0; i < DurationCounts::kBuckets; ++i) {
      CHECK(counts.bucket(i) == (i == one.bucket ? 1 : 0));
    }
    CHECK(counts.count() == 1);
    CHECK(counts.sum() == std::max(one.duration, core::Duration(0)));
  }
}
