// Goal: a job that throws is its owner's failure and nobody else's. Method: jobs that throw
// whatever can be thrown, on the one worker of a pool.

#include "core/work/job.h"

#include <doctest/doctest.h>

#include <chrono>
#include <new>
#include <stdexcept>

#include "tests/core/work/homecoming.h"

using namespace std::chrono_literals;
using core::Inbox;
using core::WorkerPool;
using test::drain_until;
using test::FunctionJob;
using test::pool_options;

TEST_CASE("a job that throws has failed, is counted, and its worker goes on") {
  Inbox home;
  auto options = pool_options(1, 8);
  options.threads_max = 1;
  WorkerPool pool(options);
  bool throws = true;
  FunctionJob sometimes([&] {
    if (throws) throw std::bad_alloc();
  });
  FunctionJob always([] { throw std::runtime_error("what nobody expects"); });
  FunctionJob no_exception([] { throw 7; });
  FunctionJob never;
  for (FunctionJob* job : {&sometimes, &always, &no_exception, &never}) pool.submit(*job, home);
  pool.wake(4);
  REQUIRE(drain_until(home, [&] { return never.finished == 1; }));
  CHECK(sometimes.failed());
  CHECK(always.failed());
  CHECK(no_exception.failed());
  CHECK_FALSE(never.failed());
  CHECK(pool.finished() == 4);
  CHECK(pool.failed() == 3);
  // What it was before says nothing of the next time.
  throws = false;
  pool.submit(sometimes, home);
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return sometimes.finished == 2; }));
  CHECK_FALSE(sometimes.failed());
  throws = true;
  sometimes.abandon();
  pool.submit(sometimes, home);
  pool.wake(1);
  REQUIRE(drain_until(home, [&] { return sometimes.finished == 3; }));
  CHECK_FALSE(sometimes.failed());
  CHECK(pool.failed() == 3);
  CHECK(pool.stop(10s));
}
