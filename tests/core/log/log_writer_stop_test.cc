// Goal: stopping writes what is there when it can, and returns within its limit when it cannot.
// Method: pipes that are read, full, and closed, and one that is read only after the stop has
// begun.

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

#include "core/log/log_writer.h"
#include "tests/core/log/log_target.h"

namespace {

using namespace std::chrono_literals;
using core::Clock;
using core::LogRing;
using core::LogWriter;
using core::TimePoint;
using test::LineFormatter;
using test::Pipe;
using test::try_log;

}  // namespace

TEST_CASE("stopping an idle writer is quick, whether it sleeps or not") {
  for (int i = 0; i < 20; ++i) {
    const Pipe pipe;
    LineFormatter formatter;
    LogWriter writer(pipe.writing.get(), formatter);
    LogRing& ring = writer.add_ring();
    writer.start();
    if (i % 2 == 0) {
      REQUIRE(try_log(writer, ring, "x"));
      CHECK(pipe.read_lines(1) == "x\n");
    }
    const TimePoint began = Clock::now();
    writer.stop(60s);
    CHECK(Clock::now() - began < 10s);
  }
}

TEST_CASE("stopping writes everything that is there") {
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& first = writer.add_ring();
  LogRing& second = writer.add_ring();
  writer.start();
  std::size_t bytes = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string text = std::string(1500, 's') + std::to_string(i);
    REQUIRE(try_log(writer, i % 2 == 0 ? first : second, text));
    bytes += text.size() + 1;
  }
  std::string arrived;
  std::thread reader([&] { arrived = pipe.read_to_end(); });
  writer.stop(60s);
  pipe.writing.reset();
  reader.join();
  CHECK(arrived.size() == bytes);
  CHECK(first.empty());
  CHECK(second.empty());
}

TEST_CASE("a pipe that nobody reads: stop() returns within its limit and a moment") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  while (try_log(writer, ring, std::string(1000, 'r'))) {
  }
  const TimePoint began = Clock::now();
  writer.stop(100ms);
  const core::Duration took = Clock::now() - began;
  CHECK(took >= 100ms);
  CHECK(took < 10s);
  CHECK_FALSE(ring.empty());
}

TEST_CASE("no time to stop means that nothing more is written") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  while (try_log(writer, ring, std::string(1000, 'r'))) {
  }
  const TimePoint began = Clock::now();
  writer.stop(0s);
  CHECK(Clock::now() - began < 10s);
}

TEST_CASE("the loss that was not reported yet is reported when stopping") {
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  const std::string record(1000, 'r');
  while (try_log(writer, ring, record)) {
  }
  writer.start();
  std::string arrived;
  std::thread reader([&] { arrived = pipe.read_to_end(); });
  writer.stop(60s);
  pipe.writing.reset();
  reader.join();
  CHECK(writer.dropped() == 1);
  CHECK(arrived.find("dropped 1\n") != std::string::npos);
}

TEST_CASE("a closed pipe does not delay the stop") {
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  while (try_log(writer, ring, std::string(1000, 'r'))) {
  }
  pipe.reading.reset();
  const TimePoint began = Clock::now();
  writer.stop(60s);
  CHECK(Clock::now() - began < 30s);
  CHECK(writer.failed_writes() > 0);
  CHECK(ring.empty());
}
