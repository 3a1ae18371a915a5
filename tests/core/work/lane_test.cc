// Goal: a lane carries a loop's jobs to the workers and back into a phase of that loop; nothing has
// to be done to wake anybody. Method: the real loop on both engines with a real pool.

#include "core/work/lane.h"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <thread>

#include "tests/core/io/engine_loop.h"
#include "tests/core/work/homecoming.h"

namespace {

using namespace std::chrono_literals;
using core::EventLoop;
using core::Lane;
using core::WorkerPool;
using test::EpollLoop;
using test::FunctionJob;
using test::Gate;
using test::make_loop;
using test::UringLoop;

}  // namespace

TEST_CASE_TEMPLATE("a job goes out with the turn and comes home to the loop", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  WorkerPool pool(test::pool_options(2, 8));
  {
    Lane lane(pool, *loop);
    FunctionJob job;
    job.on_finish = [&] { loop->stop(); };
    REQUIRE(lane.try_submit(job));
    loop->run();
    CHECK(job.ran);
    CHECK(job.finished == 1);
    CHECK(job.finished_on == std::this_thread::get_id());
  }
  CHECK(pool.stop(10s));
}

TEST_CASE_TEMPLATE("jobs that are submitted as others finish keep going round", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  WorkerPool pool(test::pool_options(3, 100));
  {
    Lane lane(pool, *loop);
    constexpr std::size_t kTotal = 3000;
    std::deque<FunctionJob> jobs(20);
    std::size_t finished = 0;
    std::size_t submitted = 0;
    const auto submit = [&](FunctionJob& job) {
      if (submitted == kTotal) return;
      ++submitted;
      lane.submit(job);
    };
    for (FunctionJob& job : jobs) {
      job.on_finish = [&] {
        submit(job);
        if (++finished == kTotal) loop->stop();
      };
      submit(job);
    }
    loop->run();
    CHECK(finished == kTotal);
    CHECK(pool.finished() == kTotal);
  }
  CHECK(pool.stop(10s));
}

TEST_CASE_TEMPLATE("a full queue is told at once, and the job stays the caller's", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  Gate gate;
  WorkerPool pool(test::pool_options(1, 2));
  {
    Lane lane(pool, *loop);
    FunctionJob running([&] { gate.pass(); });
    FunctionJob waiting[2];
    FunctionJob refused;
    waiting[1].on_finish = [&] { loop->stop(); };
    REQUIRE(lane.try_submit(running));
    core::Task keep_turning(core::Callback<void()>::to<&EventLoop::stop>(*loop));
    loop->check(keep_turning);
    loop->turn();  // the end of its first phase wakes the worker
    REQUIRE(gate.wait_for(1));
    CHECK(lane.try_submit(waiting[0]));
    CHECK(lane.try_submit(waiting[1]));
    CHECK_FALSE(lane.try_submit(refused));
    gate.open();
    while (waiting[1].finished == 0) loop->turn();
    CHECK(refused.finished == 0);
    CHECK(pool.refused() == 1);
  }
  CHECK(pool.stop(10s));
}
