// Goal: workers spend no more CPU time than their share, whoever of them spends it; a debt is
// carried; stopping ends the waiting; the limit may change, come and go. Method: the arithmetic on
// a clock of the test's own; pools of workers that really spend.

#include "core/work/cpu_budget.h"

#include <doctest/doctest.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <deque>

#include "tests/core/work/homecoming.h"

namespace {

using namespace std::chrono_literals;
using core::CpuBudget;
using core::TimePoint;

constexpr TimePoint kStart{1h};

core::Duration thread_cpu_time() {
  timespec time{};
  REQUIRE(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void spend_cpu_time(core::Duration time) {
  const core::Duration began = thread_cpu_time();
  while (thread_cpu_time() - began < time) {
  }
}

core::WorkerPool::Options with_budget(CpuBudget& budget) {
  auto options = test::pool_options(1, 100);
  options.threads_max = 1;
  options.budget = &budget;
  return options;
}

}  // namespace

TEST_CASE("what was not spent yet is there, for a while of it; then each job is paid with time") {
  CpuBudget budget(0.5);
  CHECK(budget.paid_at() < kStart);
  // 10 ms of wall time were saved, 5 ms of CPU time.
  budget.spend(5ms, kStart);
  CHECK(budget.paid_at() == kStart);
  budget.spend(1ms, kStart);
  CHECK(budget.paid_at() == kStart + 2ms);
  budget.spend(1ms, kStart + 1ms);
  CHECK(budget.paid_at() == kStart + 4ms);
}

TEST_CASE("the debt of a long job is carried, and no more is saved than was before") {
  CpuBudget budget(0.25);
  budget.spend(100ms, kStart);
  CHECK(budget.paid_at() == kStart + 390ms);
  budget.spend(1ms, kStart + 390ms);
  CHECK(budget.paid_at() == kStart + 394ms);
  budget.spend(1ms, kStart + 1h);
  CHECK(budget.paid_at() == kStart + 1h - CpuBudget::kKeptFor + 4ms);
}

TEST_CASE("over a long time the share is spent, whatever the jobs cost") {
  for (const double cpus : {0.1, 0.375, 3.0}) {
    for (const core::Duration job : {core::Duration(300us), core::Duration(100ms)}) {
      CpuBudget budget(cpus);
      TimePoint now = kStart;
      core::Duration spent{};
      while (now < kStart + 100s) {
        now = std::max(now, budget.paid_at());
        budget.spend(job, now);
        spent += job;
      }
      CHECK(std::chrono::duration<double>(spent).count() ==
            doctest::Approx(100 * cpus).epsilon(0.02));
    }
  }
}

TEST_CASE("of several who may begin at once one does, and the others when it is paid for") {
  CpuBudget budget(0.5);
  CHECK(budget.try_claim(25ms, kStart));
  CHECK(budget.paid_at() == kStart + 40ms);
  CHECK_FALSE(budget.try_claim(1ms, kStart + 39ms));
  CHECK(budget.paid_at() == kStart + 40ms);
  CHECK(budget.try_claim(1ms, kStart + 40ms));
  CHECK(budget.paid_at() == kStart + 42ms);
}

TEST_CASE("what was claimed and not needed is there again, and no more than is ever kept") {
  CpuBudget budget(0.5);
  CHECK(budget.try_claim(25ms, kStart));
  budget.spend(5ms - 25ms, kStart + 10ms);
  CHECK(budget.paid_at() == kStart);
  budget.spend(-1s, kStart + 10ms);
  budget.spend(5ms, kStart + 10ms);
  CHECK(budget.paid_at() == kStart + 10ms);
}

TEST_CASE("another limit holds from now on, and the debt of the old one is forgiven") {
  CpuBudget budget(0.25);
  budget.spend(10s, kStart);
  budget.set(2);
  CHECK(budget.paid_at() < kStart);
  budget.spend(120ms, kStart);
  CHECK(budget.paid_at() == kStart + 50ms);
  budget.set(0.1);
  CHECK(budget.paid_at() < kStart);
  budget.spend(2ms, kStart);
  CHECK(budget.paid_at() == kStart + 10ms);
}

TEST_CASE("without a limit nothing is owed, whatever is spent") {
  CpuBudget budget;
  CHECK_FALSE(budget.is_limited());
  budget.spend(10h, kStart);
  CHECK(budget.paid_at() <= kStart);
  budget.set(1);
  CHECK(budget.is_limited());
  budget.spend(1h, kStart);
  CHECK(budget.paid_at() > kStart);
  budget.set(CpuBudget::kNoLimit);
  CHECK_FALSE(budget.is_limited());
  CHECK(budget.paid_at() <= kStart);
}

TEST_CASE("workers of two pools share one budget") {
  CpuBudget budget(0.25);
  core::Inbox home;
  core::WorkerPool one(with_budget(budget));
  core::WorkerPool other(with_budget(budget));
  std::deque<test::FunctionJob> jobs;
  const core::TimePoint began = core::Clock::now();
  for (int i = 0; i < 20; ++i) {
    (i % 2 == 0 ? one : other).submit(jobs.emplace_back([] { spend_cpu_time(2ms); }), home);
  }
  one.wake(10);
  other.wake(10);
  REQUIRE(test::drain_until(home, [&] {
    return std::all_of(jobs.begin(), jobs.end(),
                       [](const auto& job) { return job.finished == 1; }) &&
           one.finished() == 10 && other.finished() == 10;
  }));
  // 40 ms of which the last of each pool may be owed, and what had been saved: (40 - 4 - 2.5) /
  // 0.25.
  CHECK(core::Clock::now() - began >= 134ms);
  // Waiting for CPU time is no running.
  CHECK(one.meter().recently_held() > 2ms);
  CHECK(one.stop(10s));
  CHECK(other.stop(10s));
}

TEST_CASE("a worker that begins has claimed what its last job cost: another waits meanwhile") {
  CpuBudget budget(1e-3);
  core::Inbox home;
  core::WorkerPool one(with_budget(budget));
  core::WorkerPool other(with_budget(budget));
  test::FunctionJob first([] { spend_cpu_time(20ms); });
  one.submit(first, home);
  one.wake(1);
  REQUIRE(test::drain_until(home, [&] { return first.finished == 1; }));
  budget.set(1e-3);  // that is forgiven: both might begin
  test::Gate gate;
  test::FunctionJob second([&gate] { gate.pass(); });
  one.submit(second, home);
  one.wake(1);
  REQUIRE(gate.wait_for(1));
  CHECK(budget.paid_at() > core::Clock::now() + 10s);
  test::FunctionJob third;
  other.submit(third, home);
  other.wake(1);
  home.drain();
  CHECK(third.finished == 0);
  gate.open();  // it was cheap: what it had claimed is there again
  REQUIRE(test::drain_until(home, [&] { return second.finished == 1; }));
  CHECK(budget.paid_at() < core::Clock::now() + 10s);
  REQUIRE(test::drain_until(home, [&] { return third.finished == 1; }));
  CHECK(third.ran);
  CHECK(one.stop(10s));
  CHECK(other.stop(10s));
}

TEST_CASE(
    "a worker that waits for CPU time has brought home what it has, and an abandoned job first") {
  CpuBudget budget(0.25);
  core::Inbox home;
  auto options = with_budget(budget);
  options.results_at_a_time = 8;
  core::WorkerPool pool(options);
  test::FunctionJob spends([&] { budget.spend(10h, core::Clock::now()); });
  test::FunctionJob abandoned;
  test::FunctionJob waits;
  pool.submit(spends, home);
  abandoned.abandon();
  pool.submit(abandoned, home);
  pool.submit(waits, home);
  pool.wake(3);
  REQUIRE(test::drain_until(home, [&] { return abandoned.finished == 1; }));
  CHECK(spends.finished == 1);
  CHECK(waits.finished == 0);
  CHECK(pool.stop(10s));
  home.drain();
  CHECK(waits.finished == 1);
  CHECK_FALSE(waits.ran);
}

TEST_CASE("a budget that is lifted makes nobody wait, whoever waits already included") {
  CpuBudget budget(0.25);
  core::Inbox home;
  core::WorkerPool pool(with_budget(budget));
  test::FunctionJob jobs[2];
  budget.spend(10h, core::Clock::now());
  for (test::FunctionJob& job : jobs) pool.submit(job, home);
  pool.wake(2);
  home.drain();
  CHECK(jobs[0].finished == 0);
  budget.lift();
  REQUIRE(test::drain_until(home, [&] { return jobs[1].finished == 1; }));
  CHECK(jobs[0].ran);
  CHECK(jobs[1].ran);
  CHECK(pool.stop(10s));
}

TEST_CASE("whoever waits for CPU time goes on when the limit rises or goes") {
  for (const double cpus : {100.0, CpuBudget::kNoLimit}) {
    CAPTURE(cpus);
    CpuBudget budget(0.25);
    core::Inbox home;
    core::WorkerPool pool(with_budget(budget));
    test::FunctionJob spends([&] { budget.spend(10h, core::Clock::now()); });
    test::FunctionJob waits;
    pool.submit(spends, home);
    pool.wake(1);
    REQUIRE(test::drain_until(home, [&] { return spends.finished == 1; }));
    pool.submit(waits, home);
    pool.wake(1);
    home.drain();
    CHECK(waits.finished == 0);
    budget.set(cpus);
    REQUIRE(test::drain_until(home, [&] { return waits.finished == 1; }));
    CHECK(waits.ran);
    CHECK(pool.stop(10s));
  }
}

TEST_CASE("what is spent while there is no limit is never owed") {
  CpuBudget budget(100);
  core::Inbox home;
  core::WorkerPool pool(with_budget(budget));
  const auto run = [&](core::Duration cpu_time) {
    test::FunctionJob job([cpu_time] { spend_cpu_time(cpu_time); });
    pool.submit(job, home);
    pool.wake(1);
    REQUIRE(test::drain_until(home, [&] { return job.finished == 1; }));
  };
  run(0ms);
  budget.set(CpuBudget::kNoLimit);
  run(50ms);
  const TimePoint limited = core::Clock::now();
  budget.set(1e-3);  // 50 ms would be paid in 50 s
  run(0ms);
  CHECK(budget.paid_at() < limited + 25s);
  budget.set(1e-3);
  run(20ms);
  CHECK(budget.paid_at() > limited + 19s);
  CHECK(pool.stop(10s));
}
