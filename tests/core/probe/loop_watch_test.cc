// Goal: a loop that is held is told of while it is held, once and then ever more rarely; one that
// waits or goes on is not. Method: a clock of the test's own over what a loop publishes; and a real
// loop that another thread watches.

#include "core/probe/loop_watch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/core/probe/probed_loop.h"

namespace {

using namespace std::chrono_literals;
using core::LoopStatistics;
using core::LoopWatch;
using core::Phase;
using core::TimePoint;

constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr LoopWatch::Options kOptions{.limit = 250ms, .quiet = 10s};

void work_since(LoopStatistics& loop, TimePoint since, Phase phase) {
  loop.working_since.store(since);
  loop.phase.store(phase);
}

}  // namespace

TEST_CASE("who waits, or works for less than the limit, is not told of") {
  LoopStatistics loop;
  LoopWatch watch({&loop}, kOptions);
  CHECK(watch.look(kStart).empty());
  work_since(loop, kStart, Phase::kInbox);
  CHECK(watch.look(kStart + 249ms).empty());
  CHECK(watch.longest_held(kStart + 249ms) == 249ms);
  loop.working_since.store(core::kNever);
  CHECK(watch.look(kStart + 1h).empty());
  CHECK(watch.longest_held(kStart + 1h) == 0ms);
}

TEST_CASE("a turn is told of at the limit, and again when it has lasted twice as long") {
  LoopStatistics first;
  LoopStatistics second;
  LoopWatch watch({&first, &second}, kOptions);
  work_since(second, kStart, Phase::kCheck);
  const auto told = watch.look(kStart + 250ms);
  REQUIRE(told.size() == 1);
  CHECK(told[0].loop == 1);
  CHECK(told[0].lasted == 250ms);
  CHECK(told[0].phase == Phase::kCheck);
  CHECK(told[0].untold == 0);
  CHECK(watch.look(kStart + 499ms).empty());
  CHECK(watch.look(kStart + 500ms).size() == 1);
  CHECK(watch.look(kStart + 999ms).empty());
  CHECK(watch.look(kStart + 1200ms).size() == 1);
  CHECK(watch.longest_held(kStart + 1200ms) == 1200ms);
}

TEST_CASE("of turns that follow one another the first is told of, and how many were not") {
  LoopStatistics loop;
  LoopWatch watch({&loop}, kOptions);
  work_since(loop, kStart, Phase::kCheck);
  REQUIRE(watch.look(kStart + 300ms).size() == 1);
  for (int i = 1; i <= 3; ++i) {
    const TimePoint began = kStart + i * 1s;
    work_since(loop, began, Phase::kCheck);
    CHECK(watch.look(began + 300ms).empty());
    CHECK(watch.look(began + 900ms).empty());
  }
  work_since(loop, kStart + 11s, Phase::kTimers);
  const auto told = watch.look(kStart + 11s + 250ms);
  REQUIRE(told.size() == 1);
  CHECK(told[0].phase == Phase::kTimers);
  CHECK(told[0].untold == 3);
}

TEST_CASE("a turn that lasts beyond the quiet behind another is told of then, and goes on to be") {
  LoopStatistics loop;
  LoopWatch watch({&loop}, kOptions);
  work_since(loop, kStart, Phase::kCheck);
  REQUIRE(watch.look(kStart + 300ms).size() == 1);
  work_since(loop, kStart + 1s, Phase::kCheck);
  CHECK(watch.look(kStart + 2s).empty());
  const TimePoint began = kStart + 3s;
  work_since(loop, began, Phase::kInbox);
  CHECK(watch.look(began + 1s).empty());
  CHECK(watch.look(kStart + 10'299ms).empty());
  const auto told = watch.look(kStart + 10'300ms);
  REQUIRE(told.size() == 1);
  CHECK(told[0].lasted == 7'300ms);
  CHECK(told[0].phase == Phase::kInbox);
  CHECK(told[0].untold == 1);  // the one before it
  CHECK(watch.look(began + 14'599ms).empty());
  const auto again = watch.look(began + 14'600ms);
  REQUIRE(again.size() == 1);
  CHECK(again[0].untold == 0);
}

TEST_CASE_TEMPLATE("a real loop is seen while it is held, with its phase", Engine, test::UringLoop,
                   test::EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopWatch watch({&loop->statistics()}, {.limit = 10ms, .quiet = 0ms});
  std::atomic<bool> seen{false};
  std::thread watcher([&] {
    while (!seen.load()) {
      for (const LoopWatch::Held& held : watch.look(core::Clock::now())) {
        CHECK(held.loop == 0);
        CHECK(held.lasted >= 10ms);
        CHECK(held.phase == Phase::kCheck);
        seen.store(true);
      }
    }
  });
  test::turn_with(*loop, [&] {
    while (!seen.load()) std::this_thread::yield();
  });
  watcher.join();
  CHECK(loop->statistics().working_since.load() != core::kNever);
}

TEST_CASE_TEMPLATE("a loop that has ended is not held, whatever time passes", Engine,
                   test::UringLoop, test::EpollLoop) {
  const auto loop = test::make_loop(Engine::kChoice);
  if (!loop) return;
  LoopWatch watch({&loop->statistics()}, kOptions);
  loop->stop();
  loop->run();
  CHECK(watch.look(core::Clock::now() + 1h).empty());
  CHECK(watch.longest_held(core::Clock::now() + 1h) == 0ms);
  // Somebody else's turns end when that one says so.
  loop->turn();
  CHECK(watch.longest_held(core::Clock::now() + 1h) >= 1h);
  loop->rest();
  CHECK(watch.longest_held(core::Clock::now() + 1h) == 0ms);
}
