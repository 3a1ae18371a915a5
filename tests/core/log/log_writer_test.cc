// Goal: what loops log is written, each ring's records in their order; a target that is not read
// holds up nobody, and what that cost is said in the log. Method: pipes that the test reads or does
// not.

#include "core/log/log_writer.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/core/base/death.h"
#include "tests/core/log/log_target.h"

namespace {

using namespace std::chrono_literals;
using core::LogRing;
using core::LogWriter;
using test::LineFormatter;
using test::lines_of;
using test::Pipe;
using test::try_log;

std::uint64_t dropped_in(const std::string& line) {
  constexpr std::string_view kMark = "dropped ";
  return line.rfind(kMark, 0) == 0 ? std::stoull(line.substr(kMark.size())) : 0;
}

}  // namespace

TEST_CASE("a record is written soon, without stopping and without another record") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  for (int i = 0; i < 20; ++i) {
    // Each time the writer has had the chance to fall asleep.
    const std::string text = "record " + std::to_string(i);
    REQUIRE(try_log(writer, ring, text));
    CHECK(pipe.read_lines(1) == text + "\n");
  }
  CHECK(writer.dropped() == 0);
  CHECK(writer.failed_writes() == 0);
  writer.stop(10s);
}

TEST_CASE("what was logged before the start is written too") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  REQUIRE(try_log(writer, ring, "early"));
  writer.start();
  CHECK(pipe.read_lines(1) == "early\n");
  writer.stop(10s);
}

TEST_CASE("each loop's lines are in its order, and none is missing") {
  constexpr std::size_t kLoops = 3;
  constexpr std::size_t kLines = 3000;
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  std::vector<LogRing*> rings;
  for (std::size_t i = 0; i < kLoops; ++i) rings.push_back(&writer.add_ring());
  writer.start();
  std::vector<std::thread> loops;
  for (std::size_t loop = 0; loop < kLoops; ++loop) {
    loops.emplace_back([&, loop] {
      for (std::size_t i = 0; i < kLines; ++i) {
        static_cast<void>(
            try_log(writer, *rings[loop], std::to_string(loop) + " " + std::to_string(i)));
      }
    });
  }
  const auto lines = lines_of(pipe.read_lines(kLoops * kLines));
  for (std::thread& loop : loops) loop.join();
  writer.stop(10s);
  CHECK(writer.dropped() == 0);
  CHECK(lines.size() == kLoops * kLines);
  std::vector<std::size_t> next(kLoops, 0);
  std::size_t wrong = 0;
  for (const std::string& line : lines) {
    const std::size_t loop = std::stoul(line);
    if (loop >= kLoops || line != std::to_string(loop) + " " + std::to_string(next[loop]++))
      ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a pipe that nobody reads: no producer waits, and the loss is reported once it is read") {
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  // Far more than the pipe, the writer's text and the ring hold together; it returns all the same.
  const std::string record(1000, 'r');
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (int i = 0; i < 5000; ++i) ++(try_log(writer, ring, record) ? accepted : refused);
  CHECK(refused > 0);
  CHECK(writer.dropped() == refused);
  // Now somebody reads.
  std::size_t lines = 0;
  std::uint64_t reported = 0;
  while (lines < accepted || reported < refused) {
    const std::string text = pipe.read_lines(1);
    REQUIRE_FALSE(text.empty());
    // A piece may end in the middle of a line: lines are counted by their newlines.
    for (const char c : text) lines += c == '\n' ? 1 : 0;
    const auto at = text.find("dropped ");
    if (at == std::string::npos) continue;
    reported += dropped_in(text.substr(at));
    --lines;
  }
  CHECK(reported == refused);
  CHECK(lines == accepted);
  // And the log goes on.
  REQUIRE(try_log(writer, ring, "alive"));
  CHECK(pipe.read_lines(1) == "alive\n");
  CHECK(writer.dropped() == refused);
  writer.stop(10s);
}

TEST_CASE("a busy loop's log does not keep a quiet loop's line waiting behind all of it") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& busy = writer.add_ring();
  LogRing& quiet = writer.add_ring();
  const std::string record(1000, 'b');
  std::size_t busy_records = 0;
  while (try_log(writer, busy, record)) ++busy_records;
  REQUIRE(try_log(writer, quiet, "quiet"));
  writer.start();
  std::string before;
  while (before.find("quiet\n") == std::string::npos) {
    const std::string piece = pipe.read_some();
    REQUIRE_FALSE(piece.empty());
    before += piece;
  }
  // Not more than a few bufferfuls of the busy one's.
  CHECK(before.size() < LogRing::kDefaultBytes / 2);
  std::thread stopping([&] { writer.stop(10s); });
  std::string rest;
  while (before.size() + rest.size() < busy_records * 1001) rest += pipe.read_lines(1);
  stopping.join();
}

TEST_CASE("a closed pipe: no signal, refused writes are counted, and the writer goes on") {
  Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  pipe.reading.reset();
  writer.start();
  for (std::uint64_t failures = 1; failures <= 3; ++failures) {
    REQUIRE(try_log(writer, ring, "nobody will read this"));
    while (writer.failed_writes() < failures) std::this_thread::yield();
  }
  CHECK(writer.failed_writes() == 3);
  CHECK(writer.dropped() == 0);
  writer.stop(10s);
}

TEST_CASE("a full disk is a refused write too") {
  const core::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(full.valid());
  LineFormatter formatter;
  LogWriter writer(full.get(), formatter);
  LogRing& ring = writer.add_ring();
  REQUIRE(try_log(writer, ring, "no room"));
  writer.start();
  writer.stop(10s);
  CHECK(writer.failed_writes() == 1);
}

TEST_CASE("records longer than a pipe takes at once arrive whole") {
  const Pipe pipe;
  LineFormatter formatter;
  LogWriter writer(pipe.writing.get(), formatter);
  LogRing& ring = writer.add_ring();
  writer.start();
  for (const std::size_t size : {4095UL, 4096UL, 4097UL, 65'535UL, 65'536UL, 65'537UL, 300'000UL}) {
    const std::string record(size, static_cast<char>('a' + size % 26));
    REQUIRE(try_log(writer, ring, record));
    const std::string text = pipe.read_lines(1);
    const bool whole = text == record + "\n";
    CHECK(whole);
  }
  writer.stop(10s);
}

TEST_CASE("rings are added before the start, and a writer is stopped before it ends") {
  const Pipe pipe;
  LineFormatter formatter;
  CHECK(test::dies([&] {
    LogWriter writer(pipe.writing.get(), formatter);
    writer.start();
    static_cast<void>(writer.add_ring());
  }));
  CHECK(test::dies([&] {
    LogWriter writer(pipe.writing.get(), formatter);
    writer.start();
  }));
}
