// Goal: nothing is lost, run twice or brought to the wrong loop when several loops use a pool at
// once. Method: threads that play loops: each submits jobs one after the other and together,
// abandons some, and waits for its own. A job that is lost shows as a wait that fails. The seed is
// printed.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include "tests/core/work/homecoming.h"

namespace {

using namespace std::chrono_literals;
using core::Inbox;
using core::WorkerPool;

constexpr std::size_t kLoops = 3;
constexpr std::size_t kJobs = 64;  // of each loop
constexpr std::size_t kRounds = 300;

struct StressJob : core::Job {
  void run() noexcept override { runs.fetch_add(1, std::memory_order_relaxed); }
  void finish() override {
    out = false;
    ++finishes;
    finished_elsewhere = finished_elsewhere || std::this_thread::get_id() != home;
  }
  std::atomic<std::size_t> runs{0};
  std::size_t finishes = 0;
  std::size_t submissions = 0;
  bool out = false;
  bool finished_elsewhere = false;
  std::thread::id home;
};

struct Tally {
  std::size_t submitted = 0;
  std::size_t refused = 0;
  std::size_t wrong = 0;
  bool all_came_home = true;
};

bool is_wrong(const StressJob& job) {
  return job.finished_elsewhere || job.finishes != job.submissions ||
         job.runs.load() != job.submissions;
}

// One loop's life.
Tally play_loop(WorkerPool& pool, unsigned seed) {
  std::mt19937 random(seed);
  Inbox home;
  std::deque<StressJob> jobs(kJobs);
  Tally tally;
  for (std::size_t round = 0; round < kRounds && tally.all_came_home; ++round) {
    std::size_t submitted = 0;
    const std::size_t wanted = 1 + random() % kJobs;
    for (std::size_t i = 0; i < wanted; ++i) {
      StressJob& job = jobs[i];
      job.home = std::this_thread::get_id();
      if (!pool.try_submit(job, home)) {
        ++tally.refused;
        break;
      }
      job.out = true;
      ++job.submissions;
      ++submitted;
      // One wake-up each, or one for many.
      if (random() % 4 == 0) pool.wake(1);
    }
    pool.wake(submitted);
    tally.submitted += submitted;
    tally.all_came_home = test::drain_until(home, [&] {
      for (const StressJob& job : jobs) {
        if (job.out) return false;
      }
      return true;
    });
  }
  for (const StressJob& job : jobs) {
    if (is_wrong(job)) ++tally.wrong;
  }
  return tally;
}

}  // namespace

TEST_CASE("several loops share one pool and each gets its own jobs back, once") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  for (const std::size_t threads : {std::size_t{1}, std::size_t{4}}) {
    CAPTURE(threads);
    // Shorter than what the loops want together, so that some is refused.
    WorkerPool pool(test::pool_options(threads, kJobs));
    std::vector<Tally> tallies(kLoops);
    std::vector<std::thread> loops;
    for (std::size_t i = 0; i < kLoops; ++i) {
      loops.emplace_back([&, i] { tallies[i] = play_loop(pool, seed + static_cast<unsigned>(i)); });
    }
    for (std::thread& loop : loops) loop.join();
    std::size_t submitted = 0;
    std::size_t refused = 0;
    for (const Tally& tally : tallies) {
      CHECK(tally.all_came_home);
      CHECK(tally.wrong == 0);
      submitted += tally.submitted;
      refused += tally.refused;
    }
    CHECK(pool.stop(10s));
    CHECK(pool.finished() == submitted);
    CHECK(pool.refused() == refused);
    CHECK(pool.queued() == 0);
  }
}

TEST_CASE("stopping while loops submit and abandon: every job goes home once") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    Inbox home;
    WorkerPool pool(test::pool_options(1 + random() % 4, 1000));
    std::deque<test::FunctionJob> jobs(1 + random() % 50);
    std::size_t abandoned = 0;
    for (test::FunctionJob& job : jobs) {
      pool.submit(job, home);
      if (random() % 5 == 0) pool.wake(1 + random() % 3);
      if (random() % 5 != 0) continue;
      job.abandon();
      ++abandoned;
    }
    REQUIRE(pool.stop(10s));
    home.drain();
    CHECK(pool.finished() == jobs.size());
    for (const test::FunctionJob& job : jobs) REQUIRE(job.finished == 1);
  }
}
