// Goal: jobs run on workers and end where they came from; a pool has as many workers as it was told
// and no longer queue; stopping is patient only as long as it was told. Method: gates (futexes)
// hold workers where the test wants them; the test plays the loop.

#include "core/work/worker_pool.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/core/base/death.h"
#include "tests/core/work/homecoming.h"

namespace {

using namespace std::chrono_literals;
using core::Inbox;
using core::JobQueue;
using core::WorkerPool;
using test::drain_until;
using test::FunctionJob;
using test::Gate;
using test::pool_options;
using test::wakeups;

}  // namespace

TEST_CASE("a job runs on a worker and finishes where its inbox is drained") {
  Inbox home;
  WorkerPool pool(pool_options(2, 8));
  std::thread::id ran_on;
  FunctionJob job([&] { ran_on = std::this_thread::get_id(); });
  REQUIRE(pool.try_submit(job, home));
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return job.finished == 1; }));
  CHECK(job.ran);
  CHECK(ran_on != std::this_thread::get_id());
  CHECK(job.finished_on == std::this_thread::get_id());
  CHECK(pool.queued() == 0);
  CHECK(pool.finished() == 1);
  CHECK(pool.refused() == 0);
  CHECK(pool.stop(10s));
}

TEST_CASE("results go home to the inbox of each job, not to another") {
  Inbox homes[3];
  WorkerPool pool(pool_options(2, 8));
  FunctionJob jobs[3];
  for (std::size_t i = 0; i < 3; ++i) pool.submit(jobs[i], homes[i]);
  pool.wake(3);
  for (const std::size_t i : {2U, 0U, 1U}) {
    CHECK(jobs[i].finished == 0);
    REQUIRE(drain_until(homes[i], [&] { return jobs[i].finished == 1; }));
  }
  CHECK(pool.stop(10s));
}

TEST_CASE("as many jobs run at a time as there are threads: all of them, and not one more") {
  for (const std::uint32_t threads : {1U, 4U}) {
    CAPTURE(threads);
    Inbox home;
    Gate gate;
    WorkerPool pool(pool_options(threads, 100));
    std::deque<FunctionJob> jobs;
    std::size_t finished = 0;
    for (std::uint32_t i = 0; i < threads + 5; ++i) {
      FunctionJob& job = jobs.emplace_back([&] { gate.pass(); });
      job.on_finish = [&] { ++finished; };
      REQUIRE(pool.try_submit(job, home));
    }
    pool.wake(jobs.size());  // one call for all of them
    REQUIRE(gate.wait_for(threads));
    CHECK(gate.arrived() == threads);
    CHECK(pool.queued() == 5);
    CHECK(pool.finished() == 0);
    gate.open();
    REQUIRE(drain_until(home, [&] { return finished == jobs.size(); }));
    CHECK(pool.stop(10s));
  }
}

TEST_CASE("one waking call for many jobs wakes every worker, time and again") {
  constexpr std::uint32_t kThreads = 4;
  Inbox home;
  WorkerPool pool(pool_options(kThreads, 100));
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    // Only when all of them run at once does the gate fill.
    Gate gate;
    std::deque<FunctionJob> jobs;
    std::size_t finished = 0;
    for (std::uint32_t i = 0; i < kThreads; ++i) {
      FunctionJob& job = jobs.emplace_back([&] { gate.pass(); });
      job.on_finish = [&] { ++finished; };
      pool.submit(job, home);
    }
    pool.wake(kThreads);
    const bool all_came = gate.wait_for(kThreads);
    gate.open();
    REQUIRE(drain_until(home, [&] { return finished == kThreads; }));
    REQUIRE(all_came);
  }
  CHECK(pool.stop(10s));
}

TEST_CASE("a worker that is held up holds up nobody else's job") {
  Inbox home;
  Gate gate;
  WorkerPool pool(pool_options(2, 100));
  FunctionJob stuck([&] { gate.pass(); });
  std::deque<FunctionJob> others(50);
  // In one batch with it, so that one worker may have taken them all from the stack.
  pool.submit(stuck, home);
  for (FunctionJob& job : others) pool.submit(job, home);
  pool.wake(51);
  CHECK(drain_until(home, [&] {
    return std::ranges::all_of(others, [](const auto& job) { return job.finished == 1; });
  }));
  CHECK(stuck.finished == 0);
  gate.open();
  CHECK(drain_until(home, [&] { return stuck.finished == 1; }));
  CHECK(pool.stop(10s));
}

TEST_CASE("the queue takes as many as its limit says, and not one more") {
  for (const std::size_t limit : {std::size_t{1}, std::size_t{5}}) {
    CAPTURE(limit);
    Inbox home;
    Gate gate;
    WorkerPool pool(pool_options(1, limit));
    FunctionJob running([&] { gate.pass(); });
    REQUIRE(pool.try_submit(running, home));
    pool.wake(1);
    REQUIRE(gate.wait_for(1));  // running, so not waiting any more
    std::deque<FunctionJob> waiting(limit);
    for (FunctionJob& job : waiting) CHECK(pool.try_submit(job, home));
    CHECK(pool.queued() == limit);
    FunctionJob one_more;
    CHECK_FALSE(pool.try_submit(one_more, home));
    CHECK_FALSE(pool.try_submit(one_more, home));
    CHECK(pool.refused() == 2);
    CHECK(pool.queued() == limit);
    // What cannot be refused is taken all the same.
    FunctionJob unrefusable;
    pool.submit(unrefusable, home);
    pool.wake(limit + 1);
    gate.open();
    REQUIRE(drain_until(home, [&] { return unrefusable.finished == 1; }));
    REQUIRE(pool.try_submit(one_more, home));
    pool.wake(1);
    REQUIRE(drain_until(home, [&] { return one_more.finished == 1; }));
    CHECK(pool.stop(10s));
    CHECK(pool.finished() == limit + 3);
  }
}

TEST_CASE("a queue without room refuses everything") {
  Inbox home;
  WorkerPool pool(pool_options(1, 0));
  FunctionJob job;
  CHECK_FALSE(pool.try_submit(job, home));
  CHECK(pool.refused() == 1);
  CHECK(pool.stop(10s));
  CHECK(job.finished == 0);
}

TEST_CASE("one worker runs jobs in the order in which they were submitted") {
  Inbox home;
  WorkerPool pool(pool_options(1, 1000));
  std::vector<int> order;
  std::deque<FunctionJob> jobs;
  for (int i = 0; i < 300; ++i) {
    pool.submit(jobs.emplace_back([&order, i] { order.push_back(i); }), home);
    if (i % 7 == 0) pool.wake(1);
  }
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return jobs.back().finished == 1; }));
  CHECK(order.size() == 300);
  CHECK(std::ranges::is_sorted(order));
  CHECK(pool.stop(10s));
}

TEST_CASE("while jobs wait, results go home together, each to its inbox, with one wake-up") {
  Inbox homes[2];
  auto options = pool_options(1, 100);
  options.results_at_a_time = 3;
  WorkerPool pool(options);
  std::deque<Gate> gates(5);
  std::deque<FunctionJob> jobs;
  for (std::size_t i = 0; i < gates.size(); ++i) {
    pool.submit(jobs.emplace_back([&gates, i] { gates[i].pass(); }), homes[i == 1 ? 1 : 0]);
  }
  pool.wake(5);
  for (const std::size_t i : {0U, 1U}) {
    REQUIRE(gates[i].wait_for(1));
    gates[i].open();
  }
  // Two have been run, and somebody waits: no loop has been woken.
  REQUIRE(gates[2].wait_for(1));
  CHECK(wakeups(homes[0]) == 0);
  CHECK(wakeups(homes[1]) == 0);
  gates[2].open();
  // The fourth has been begun: three are home.
  REQUIRE(gates[3].wait_for(1));
  CHECK(wakeups(homes[0]) == 1);
  CHECK(wakeups(homes[1]) == 1);
  for (Inbox& home : homes) home.drain();
  for (const std::size_t i : {0U, 1U, 2U}) CHECK(jobs[i].finished == 1);
  CHECK(pool.finished() == 3);
  // The last ones find nobody behind them.
  gates[3].open();
  gates[4].open();
  REQUIRE(drain_until(homes[0], [&] { return jobs[4].finished == 1; }));
  CHECK(jobs[3].finished == 1);
  CHECK(pool.stop(10s));
}

TEST_CASE("with as many workers as threads, queues take turns and one worker is all there is") {
  Inbox home;
  auto options = pool_options(1, 100);
  options.threads_max = 1;
  WorkerPool pool(options);
  JobQueue other;
  Gate gate;
  FunctionJob first([&] { gate.pass(); });
  pool.submit(first, home);
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  std::vector<int> order;
  std::deque<FunctionJob> jobs;
  for (int i = 0; i < 6; ++i) {
    FunctionJob& job = jobs.emplace_back([&order, i] { order.push_back(i); });
    i < 3 ? pool.submit(job, home) : pool.submit(job, home, other);
  }
  pool.wake(6);
  gate.open();
  REQUIRE(drain_until(home, [&] { return jobs.back().finished == 1; }));
  CHECK(order == std::vector<int>{0, 3, 1, 4, 2, 5});
  CHECK(pool.threads() == 1);
  CHECK(pool.stop(10s));
}

TEST_CASE("an abandoned job is not run, and is finished all the same") {
  Inbox home;
  Gate gate;
  WorkerPool pool(pool_options(1, 8));
  FunctionJob running([&] { gate.pass(); });
  FunctionJob abandoned;
  pool.submit(running, home);
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  REQUIRE(pool.try_submit(abandoned, home));
  abandoned.abandon();
  running.abandon();  // too late: it runs to its end
  gate.open();
  REQUIRE(drain_until(home, [&] { return abandoned.finished == 1 && running.finished == 1; }));
  CHECK_FALSE(abandoned.ran);
  CHECK(abandoned.abandoned());
  CHECK(running.ran);
  CHECK(pool.queued() == 0);
  CHECK(pool.finished() == 2);
  CHECK(pool.stop(10s));
}

TEST_CASE("finish() may destroy the job, or submit it again") {
  Inbox home;
  WorkerPool pool(pool_options(2, 8));
  auto destroyed = std::make_unique<FunctionJob>();
  destroyed->on_finish = [&] { destroyed.reset(); };
  FunctionJob again;
  again.on_finish = [&] {
    if (again.finished == 100) return;
    pool.submit(again, home);
    pool.wake(1);
  };
  pool.submit(*destroyed, home);
  pool.submit(again, home);
  pool.wake(2);
  REQUIRE(drain_until(home, [&] { return destroyed == nullptr && again.finished == 100; }));
  CHECK(pool.finished() == 101);
  CHECK(pool.stop(10s));
}

TEST_CASE("workers bear the lane's name and its niceness, and take no signals") {
  Inbox home;
  WorkerPool::Options options = pool_options(1, 8);
  options.name = "elevenchars";
  options.nice = 7;
  WorkerPool pool(options);
  std::array<char, 16> name{};
  int nice = 0;
  sigset_t blocked{};
  FunctionJob job([&] {
    pthread_getname_np(pthread_self(), name.data(), name.size());
    nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)));
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  });
  // The name is given from outside once the thread runs; the constructor has returned since.
  pool.submit(job, home);
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return job.finished == 1; }));
  CHECK(std::string(name.data()) == "elevenchars-0");
  CHECK(nice == 7);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGPIPE}) {
    CAPTURE(signal);
    CHECK(sigismember(&blocked, signal) == 1);
  }
  sigset_t ours{};
  pthread_sigmask(SIG_SETMASK, nullptr, &ours);
  CHECK(sigismember(&ours, SIGTERM) == 0);
  CHECK(pool.stop(10s));
}

TEST_CASE("an idle pool stops at once, however often it is told") {
  for (const std::size_t threads : {std::size_t{1}, std::size_t{8}}) {
    WorkerPool pool(pool_options(threads, 8));
    CHECK(pool.stop(10s));
    CHECK(pool.stop(0s));
  }
}

TEST_CASE("stopping: a stuck worker is not waited for beyond the limit; once released it ends") {
  Inbox home;
  Gate gate;
  WorkerPool pool(pool_options(2, 8));
  FunctionJob stuck([&] { gate.pass(); });
  pool.submit(stuck, home);
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  const core::TimePoint began = core::Clock::now();
  CHECK_FALSE(pool.stop(20ms));
  CHECK(core::Clock::now() - began >= 20ms);
  CHECK_FALSE(pool.stop(0ms));
  gate.open();
  CHECK(pool.stop(10s));
  REQUIRE(drain_until(home, [&] { return stuck.finished == 1; }));
  CHECK(stuck.ran);
}

TEST_CASE("stopping: what waits goes home unrun") {
  Inbox home;
  Gate gate;
  WorkerPool pool(pool_options(1, 100));
  FunctionJob stuck([&] { gate.pass(); });
  pool.submit(stuck, home);
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  std::deque<FunctionJob> waiting(20);
  for (FunctionJob& job : waiting) pool.submit(job, home);
  CHECK_FALSE(pool.stop(0ms));
  gate.open();
  CHECK(pool.stop(10s));
  REQUIRE(drain_until(home, [&] { return waiting.back().finished == 1; }));
  for (const FunctionJob& job : waiting) {
    CHECK(job.finished == 1);
    CHECK_FALSE(job.ran);
  }
  CHECK(stuck.ran);
  CHECK(pool.finished() == 21);
}

TEST_CASE("jobs that nobody woke a worker for go home when the pool stops") {
  Inbox home;
  WorkerPool pool(pool_options(3, 100));
  std::deque<FunctionJob> jobs(10);
  for (FunctionJob& job : jobs) pool.submit(job, home);
  CHECK(pool.stop(10s));
  home.drain();
  for (const FunctionJob& job : jobs) CHECK(job.finished == 1);
}

TEST_CASE("a pool without threads is a mistake of the program") {
  CHECK(test::dies([] { const WorkerPool pool(pool_options(0, 1)); }));
}

TEST_CASE("submitting to a pool that was stopped, or ending one that was not, is a mistake") {
  CHECK(test::dies([] {
    Inbox home;
    WorkerPool pool(pool_options(1, 1));
    static_cast<void>(pool.stop(10s));
    FunctionJob job;
    pool.submit(job, home);
  }));
  CHECK(test::dies([] { const WorkerPool pool(pool_options(1, 1)); }));
}
