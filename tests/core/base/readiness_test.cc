// Goal: what is ready is not waited for, what is not is waited for until its time and no longer,
// and an end is ready too. Method: a pipe.

#include "core/base/readiness.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <thread>

#include "tests/core/base/pipe.h"

namespace {

using namespace std::chrono_literals;
using core::Clock;
using core::TimePoint;
using core::wait_until_ready;
using test::Pipe;

}  // namespace

TEST_CASE("what is ready is not waited for") {
  const Pipe pipe;
  CHECK(wait_until_ready(pipe.writing.get(), POLLOUT, Clock::now() + 60s));
  REQUIRE(::write(pipe.writing.get(), "x", 1) == 1);
  CHECK(wait_until_ready(pipe.reading.get(), POLLIN, Clock::now() + 60s));
}

TEST_CASE("what does not come is waited for until its time, and not less") {
  const Pipe pipe;
  const TimePoint until = Clock::now() + 20ms;
  CHECK_FALSE(wait_until_ready(pipe.reading.get(), POLLIN, until));
  CHECK(Clock::now() >= until);
}

TEST_CASE("a time that has passed already: no waiting") {
  const Pipe pipe;
  const TimePoint began = Clock::now();
  CHECK_FALSE(wait_until_ready(pipe.reading.get(), POLLIN, began));
  CHECK_FALSE(wait_until_ready(pipe.reading.get(), POLLIN, began - 60s));
  CHECK(Clock::now() - began < 10s);
}

TEST_CASE("what comes while it is waited for, and an end") {
  Pipe pipe;
  std::thread writer([&pipe] { CHECK(::write(pipe.writing.get(), "x", 1) == 1); });
  CHECK(wait_until_ready(pipe.reading.get(), POLLIN, Clock::now() + 60s));
  writer.join();
  char byte = 0;
  REQUIRE(::read(pipe.reading.get(), &byte, 1) == 1);
  pipe.writing.reset();
  CHECK(wait_until_ready(pipe.reading.get(), POLLIN, Clock::now() + 60s));
}
