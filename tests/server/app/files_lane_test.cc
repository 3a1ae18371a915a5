// Goal: lanes.files is what the workers and the queues of the roots really have.
// Method: the options by table; a queue filled while its only worker waits at a gate.

#include "server/app/files_lane.h"

#include <doctest/doctest.h>

#include <deque>

#include "tests/core/work/homecoming.h"

TEST_CASE("0 is automatic, a number is taken as it is") {
  const auto automatic = server::files_lane_options({});
  CHECK(automatic.name == "files");
  CHECK(automatic.threads == 4);
  CHECK(automatic.queue_jobs_max == 4096);
  CHECK(automatic.threads_max == 64);
  const auto given = server::files_lane_options({3, 17});
  CHECK(given.threads == 3);
  CHECK(given.queue_jobs_max == 17);
  CHECK(given.threads_max == 64);
}

TEST_CASE("one root can never take all workers") {
  for (const std::size_t threads : {1U, 15U, 16U, 64U, 1000U}) {
    CHECK(server::files_lane_options({threads, 0}).threads_max > threads);
  }
}

TEST_CASE("a root's queue takes as many jobs as it was told, and none more") {
  constexpr std::size_t kQueueMax = 3;
  const config::Lanes::Files files{1, kQueueMax};
  core::Inbox home;
  core::WorkerPool pool(server::files_lane_options(files));
  test::Gate gate;
  std::deque<test::FunctionJob> jobs;
  const auto queue = server::make_root_queue(files);
  const auto try_submit = [&] {
    jobs.emplace_back([&gate] { gate.pass(); });
    const bool taken = pool.try_submit(jobs.back(), home, *queue);
    pool.wake(1);
    return taken;
  };
  REQUIRE(try_submit());
  REQUIRE(gate.wait_for(1));
  for (std::size_t i = 0; i < kQueueMax; ++i) CHECK(try_submit());
  CHECK(!try_submit());
  CHECK(gate.arrived() == 1);
  gate.open();
  CHECK(test::drain_until(home, [&] { return pool.finished() == kQueueMax + 1; }));
  REQUIRE(test::drain_until(home, [&] { return jobs[kQueueMax].finished == 1; }));
  CHECK(pool.stop(std::chrono::seconds(10)));
}
