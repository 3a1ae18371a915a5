// Goal: how long jobs waited and ran is counted as it was, and the drain rate follows from it.
// Method: a pool whose jobs a gate holds for a known time, so that there are bounds on both sides.

#include "core/work/lane_meter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

#include "tests/core/work/homecoming.h"

namespace {

using namespace std::chrono_literals;
using core::LaneMeter;

void pass_time(core::Duration time) {
  const core::TimePoint began = core::Clock::now();
  while (core::Clock::now() - began < time) {
  }
}

}  // namespace

TEST_CASE("waiting and running are counted apart, and the mean follows the latest") {
  LaneMeter meter;
  CHECK(meter.recently_held() == 0ns);
  meter.note({10ms, 1ms, 2ms});
  CHECK(meter.recently_held() == 2ms);  // the first is no average with nothing
  meter.note({20ms, 1ms, 10ms});
  CHECK(meter.recently_held() == 3ms);
  CHECK(meter.waited().sum() == 30ms);
  CHECK(meter.ran().sum() == 2ms);
  CHECK(meter.ran().count() == 2);
  for (int i = 0; i < 100; ++i) meter.note({0ns, 0ns, 100us});
  CHECK(meter.recently_held() >= 100us);
  CHECK(meter.recently_held() < 101us);
}

TEST_CASE("a pool measures its jobs: who held the worker ran, who came behind waited") {
  constexpr core::Duration kHeld = 5ms;
  core::Inbox home;
  core::WorkerPool pool(test::pool_options(1, 8));
  CHECK(pool.drained_per_second() == 0.0);
  test::Gate gate;
  test::FunctionJob first([&] { gate.pass(); });
  test::FunctionJob second;
  test::FunctionJob abandoned;
  const core::TimePoint began = core::Clock::now();
  pool.submit(first, home);
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  pool.submit(second, home);
  pool.submit(abandoned, home);
  abandoned.abandon();
  pass_time(kHeld);
  gate.open();
  REQUIRE(test::drain_until(home, [&] { return abandoned.finished == 1; }));
  const core::Duration passed = core::Clock::now() - began;
  const LaneMeter& meter = pool.meter();
  CHECK(meter.waited().count() == 2);  // who was not run says nothing of the lane
  CHECK(meter.ran().count() == 2);
  CHECK(meter.ran().sum() >= kHeld);
  CHECK(meter.ran().sum() <= passed);
  CHECK(meter.waited().sum() >= kHeld);
  CHECK(meter.waited().sum() <= 2 * passed);
  CHECK(pool.drained_per_second() > 0.0);
  CHECK(pool.stop(10s));
}

TEST_CASE("a lane with two workers drains twice as fast as its jobs take") {
  core::Inbox home;
  core::WorkerPool pool(test::pool_options(2, 8));
  test::FunctionJob job([] { pass_time(2ms); });
  pool.submit(job, home);
  pool.wake(1);
  REQUIRE(test::drain_until(home, [&] { return job.finished == 1; }));
  CHECK(pool.drained_per_second() <= 1000.0);
  CHECK(pool.drained_per_second() ==
        doctest::Approx(2.0 * 1e9 / static_cast<double>(pool.meter().recently_held().count())));
  CHECK(pool.stop(10s));
}
