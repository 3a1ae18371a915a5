// Goal: moments are evenly spaced, dealt to loops without gap or overlap, and do not drift. Method:
// small rates by hand; two loops beside one; a million moments of a rate that does not divide.

#include "loadtest/pacer.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>

using core::TimePoint;
using loadtest::Pacer;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_CASE("moments are a period apart, from the start on") {
  const TimePoint start{seconds(5)};
  Pacer pacer(start, 4, 0, 1);
  CHECK(pacer.next() == start);
  CHECK(pacer.take() == start);
  CHECK(pacer.take() == start + milliseconds(250));
  CHECK(pacer.next() == start + milliseconds(500));
  Pacer slow(start, 0.5, 0, 1);
  static_cast<void>(slow.take());
  CHECK(slow.next() == start + seconds(2));
}

TEST_CASE("loops take the moments of one sequence in turn") {
  const TimePoint start{seconds(5)};
  Pacer whole(start, 1000, 0, 1);
  Pacer first(start, 1000, 0, 3);
  Pacer second(start, 1000, 1, 3);
  Pacer third(start, 1000, 2, 3);
  for (int i = 0; i < 100; ++i) {
    CHECK(first.take() == whole.take());
    CHECK(second.take() == whole.take());
    CHECK(third.take() == whole.take());
  }
}

TEST_CASE("a million moments later nothing has drifted") {
  const TimePoint start{seconds(5)};
  Pacer pacer(start, 3, 0, 1);
  for (int i = 0; i < 3'000'000; ++i) static_cast<void>(pacer.take());
  CHECK(std::abs(nanoseconds(pacer.next() - start - seconds(1'000'000)).count()) <= 1);
}

TEST_CASE("waiting counts what is due and not taken") {
  const TimePoint start{seconds(5)};
  Pacer pacer(start, 1000, 0, 2);  // of this loop: one every two milliseconds
  CHECK(pacer.waiting(start - seconds(1)) == 0);
  CHECK(pacer.waiting(start) == 0);
  CHECK(pacer.waiting(start + microseconds(1)) == 1);
  CHECK(pacer.waiting(start + milliseconds(5)) == 3);
  static_cast<void>(pacer.take());
  CHECK(pacer.waiting(start + milliseconds(5)) == 2);
}
