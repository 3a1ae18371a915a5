// Goal: a queue whose jobs hang takes as many workers as it may and no more; every other queue is
// served at once, in turn, within its own bound. Method: gates (futexes) hold jobs where the test
// wants them; the test plays the loop. The random case prints its seed.

#include "core/work/job_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <thread>
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

bool all_finished(const std::deque<FunctionJob>& jobs) {
  return std::ranges::all_of(jobs, [](const FunctionJob& job) { return job.finished == 1; });
}

// Jobs of one queue that wait at a gate.
struct HungQueue {
  JobQueue queue;
  Gate gate;
  std::deque<FunctionJob> jobs;

  void submit(WorkerPool& pool, Inbox& home, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      pool.submit(jobs.emplace_back([this] { gate.pass(); }), home, queue);
    }
    pool.wake(count);
  }
};

}  // namespace

TEST_CASE("queues that hang, one or several, leave the others a worker at once, and recover") {
  constexpr std::size_t kThreads = 2;
  for (const std::size_t hung_queues : {std::size_t{1}, std::size_t{5}}) {
    CAPTURE(hung_queues);
    Inbox home;
    WorkerPool pool(pool_options(kThreads, 8));
    std::deque<HungQueue> hung(hung_queues);
    for (HungQueue& queue : hung) queue.submit(pool, home, 10);
    for (HungQueue& queue : hung) REQUIRE(queue.gate.wait_for(kThreads));
    JobQueue healthy;
    std::deque<FunctionJob> jobs(50);
    for (FunctionJob& job : jobs) {
      REQUIRE(pool.try_submit(job, home, healthy));
      pool.wake(1);
      REQUIRE(drain_until(home, [&] { return job.finished == 1; }));
    }
    for (HungQueue& queue : hung) {
      CHECK(queue.gate.arrived() == kThreads);
      CHECK(queue.queue.queued() == 10 - kThreads);
    }
    CHECK(pool.queued() == hung_queues * (10 - kThreads));
    CHECK(pool.threads() <= (hung_queues + 1) * kThreads + 1);
    for (HungQueue& queue : hung) {
      queue.gate.open();
      REQUIRE(drain_until(home, [&] { return all_finished(queue.jobs); }));
      CHECK(queue.queue.queued() == 0);
    }
    CHECK(pool.queued() == 0);
    CHECK(pool.stop(10s));
  }
}

TEST_CASE("jobs of a hung and of a healthy queue that come in one batch") {
  Inbox home;
  WorkerPool pool(pool_options(2, 8));
  HungQueue hung;
  JobQueue healthy;
  std::deque<FunctionJob> jobs(20);
  for (FunctionJob& job : jobs) {
    pool.submit(hung.jobs.emplace_back([&hung] { hung.gate.pass(); }), home, hung.queue);
    pool.submit(job, home, healthy);
  }
  pool.wake(40);
  REQUIRE(drain_until(home, [&] { return all_finished(jobs); }));
  CHECK(std::ranges::none_of(hung.jobs, [](const auto& job) { return job.finished > 0; }));
  hung.gate.open();
  REQUIRE(drain_until(home, [&] { return all_finished(hung.jobs); }));
  CHECK(pool.stop(10s));
}

TEST_CASE("each queue takes as many as its own limit says, and not one more") {
  Inbox home;
  Gate gate;
  WorkerPool pool(pool_options(1, 0));
  JobQueue full(3);
  JobQueue other(1);
  FunctionJob running([&] { gate.pass(); });
  REQUIRE(pool.try_submit(running, home, full));
  pool.wake(1);
  REQUIRE(gate.wait_for(1));
  std::deque<FunctionJob> waiting(3);
  for (FunctionJob& job : waiting) CHECK(pool.try_submit(job, home, full));
  FunctionJob one_more;
  CHECK_FALSE(pool.try_submit(one_more, home, full));
  CHECK(full.queued() == 3);
  CHECK(full.refused() == 1);
  CHECK(pool.refused() == 1);
  CHECK(other.refused() == 0);
  REQUIRE(pool.try_submit(one_more, home, other));
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return one_more.finished == 1; }));
  // What cannot be refused is taken all the same.
  FunctionJob unrefusable;
  pool.submit(unrefusable, home, full);
  CHECK(full.queued() == 4);
  gate.open();
  REQUIRE(drain_until(home, [&] { return unrefusable.finished == 1; }));
  REQUIRE(pool.try_submit(one_more, home, full));
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return one_more.finished == 2; }));
  CHECK(pool.stop(10s));
}

TEST_CASE("queues are served in turn, however long the others are") {
  Inbox home;
  // One worker for all, so that the order in which jobs run is the order in which they are taken.
  WorkerPool::Options options = pool_options(1, 8);
  options.threads_max = 1;
  WorkerPool pool(options);
  HungQueue holds;
  holds.submit(pool, home, 1);
  REQUIRE(holds.gate.wait_for(1));
  std::array<JobQueue, 3> queues;
  const std::array<std::size_t, 3> lengths = {30, 3, 10};
  std::vector<std::size_t> order;
  std::deque<FunctionJob> jobs;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    for (std::size_t i = 0; i < lengths[queue]; ++i) {
      pool.submit(jobs.emplace_back([&order, queue] { order.push_back(queue); }), home,
                  queues[queue]);
    }
  }
  pool.wake(jobs.size());
  holds.gate.open();
  REQUIRE(drain_until(home, [&] { return all_finished(jobs); }));
  std::vector<std::size_t> expected;
  for (std::size_t round = 0; round < 30; ++round) {
    for (std::size_t queue = 0; queue < queues.size(); ++queue) {
      if (round < lengths[queue]) expected.push_back(queue);
    }
  }
  CHECK(order == expected);
  CHECK(pool.threads() == 1);
  CHECK(pool.stop(10s));
}

TEST_CASE("workers come as they are needed, one to spare, up to the limit") {
  Inbox home;
  WorkerPool::Options options = pool_options(2, 8);
  options.threads_max = 4;
  WorkerPool pool(options);
  CHECK(pool.threads() == 1);
  std::array<HungQueue, 3> hung;
  hung[0].submit(pool, home, 2);
  REQUIRE(hung[0].gate.wait_for(2));
  hung[1].submit(pool, home, 2);
  REQUIRE(hung[1].gate.wait_for(2));
  CHECK(pool.threads() == 4);
  // All are taken: whoever comes now waits for the first that is free again.
  hung[2].submit(pool, home, 2);
  FunctionJob late;
  JobQueue queue;
  REQUIRE(pool.try_submit(late, home, queue));
  pool.wake(1);
  CHECK(hung[2].gate.arrived() == 0);
  CHECK(late.finished == 0);
  hung[0].gate.open();
  REQUIRE(drain_until(home, [&] { return late.finished == 1; }));
  REQUIRE(hung[2].gate.wait_for(2));
  CHECK(pool.threads() == 4);
  for (HungQueue& one : hung) one.gate.open();
  REQUIRE(drain_until(home, [&] {
    return std::ranges::all_of(hung, [](const auto& one) { return all_finished(one.jobs); });
  }));
  CHECK(pool.stop(10s));
}

TEST_CASE("stopping: what waits behind hung jobs goes home unrun at once") {
  Inbox home;
  WorkerPool pool(pool_options(2, 8));
  HungQueue hung;
  hung.submit(pool, home, 2);
  REQUIRE(hung.gate.wait_for(2));
  std::deque<FunctionJob> waiting(20);
  for (FunctionJob& job : waiting) pool.submit(job, home, hung.queue);
  CHECK_FALSE(pool.stop(0ms));
  REQUIRE(drain_until(home, [&] { return all_finished(waiting); }));
  CHECK(std::ranges::none_of(waiting, [](const auto& job) { return job.ran; }));
  hung.gate.open();
  CHECK(pool.stop(10s));
  REQUIRE(drain_until(home, [&] { return all_finished(hung.jobs); }));
}

TEST_CASE("a queue may go when its last job has finished") {
  Inbox home;
  WorkerPool pool(pool_options(2, 8));
  for (int round = 0; round < 2000; ++round) {
    auto queue = std::make_unique<JobQueue>();
    FunctionJob job;
    job.on_finish = [&] { queue.reset(); };
    pool.submit(job, home, *queue);
    pool.wake(1);
    REQUIRE(drain_until(home, [&] { return queue == nullptr; }));
  }
  CHECK(pool.stop(10s));
}

TEST_CASE("a queue that goes before its jobs is a mistake of the program") {
  CHECK(test::dies([] {
    Inbox home;
    Gate gate;
    WorkerPool pool(pool_options(1, 8));
    FunctionJob job([&] { gate.pass(); });
    {
      JobQueue queue;
      pool.submit(job, home, queue);
    }
  }));
}

TEST_CASE("several loops, several queues: no queue runs more than it may, and nothing is lost") {
  constexpr std::size_t kThreads = 2;
  constexpr std::size_t kLoops = 3;
  constexpr std::size_t kRounds = 200;
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  WorkerPool pool(pool_options(kThreads, 8));
  std::array<JobQueue, 4> queues;
  std::array<std::atomic<std::size_t>, 4> running{};
  std::atomic<bool> too_many{false};
  std::vector<std::thread> loops;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    loops.emplace_back([&, loop] {
      std::mt19937 random(seed + static_cast<unsigned>(loop));
      Inbox home;
      for (std::size_t round = 0; round < kRounds; ++round) {
        std::deque<FunctionJob> jobs;
        const std::size_t count = 1 + random() % 30;
        for (std::size_t i = 0; i < count; ++i) {
          const std::size_t queue = random() % queues.size();
          FunctionJob& job = jobs.emplace_back([&, queue] {
            if (running[queue].fetch_add(1) >= kThreads) too_many = true;
            running[queue].fetch_sub(1);
          });
          pool.submit(job, home, queues[queue]);
          if (random() % 4 == 0) pool.wake(1);
        }
        pool.wake(count);
        if (drain_until(home, [&] { return all_finished(jobs); })) continue;
        std::abort();  // what is out still uses this frame
      }
    });
  }
  for (std::thread& loop : loops) loop.join();
  CHECK_FALSE(too_many);
  CHECK(pool.queued() == 0);
  CHECK(pool.stop(10s));
}
