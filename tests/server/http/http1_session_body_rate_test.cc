// Goal: a body that comes too slowly is given up, one that is just fast enough never is, and nobody
// saves up time. Method: 100 bytes a second are asked for, with 20 s between two reads; the clock
// is the test's, so that hours of dripping take no time.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/recording_sink.h"

using namespace http_test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::uint64_t kRate = 100;

server::HttpLimits limits_with(std::uint64_t rate) {
  server::HttpLimits limits = limits_for_bodies();
  limits.body_bytes_per_second = rate;
  return limits;
}

// A client in the middle of a body of 900'000 bytes.
struct Upload {
  explicit Upload(std::uint64_t rate = kRate) : wire(limits_with(rate)) {
    wire.send(post("Content-Length: 900000\r\n", ""));
  }
  // So many seconds, so many bytes at the end of each; how many seconds it lived.
  int drip(int count, std::size_t bytes) {
    for (int second = 1; second <= count; ++second) {
      wire.wait_for(seconds(1));
      if (!wire.output().empty()) return second;
      wire.send(std::string(bytes, 'b'));
    }
    return count;
  }
  bool lives() const { return wire.output().empty(); }
  bool timed_out() {
    return statuses_of(read_answers(wire.output())) == "408" && wire.session().finished() &&
           wire.session().must_linger() && wire.dispatcher.seen.empty();
  }
  Wire wire;
};

}  // namespace

TEST_CASE("just above the rate a body lives for hours, just below it dies") {
  Upload above;
  above.drip(8000, 101);
  CHECK(above.lives());

  Upload at;
  at.drip(8000, 100);
  CHECK(at.lives());

  // The first 20 s are free; each second after that loses a hundredth: 2000 s.
  Upload below;
  const int lived = below.drip(8000, 99);
  CHECK(lived > 1900);
  CHECK(lived < 2100);
  CHECK(below.timed_out());
}

TEST_CASE("half the rate lives for twice the free time") {
  Upload half;
  const int lived = half.drip(1000, 50);
  CHECK(lived >= 39);
  CHECK(lived <= 41);
  CHECK(half.timed_out());
}

TEST_CASE("a fast beginning buys no more than the time between two reads") {
  Upload upload;
  upload.wire.send(std::string(500'000, 'b'));  // 5000 s at the rate
  const int lived = upload.drip(1000, 1);
  CHECK(lived >= 20);
  CHECK(lived <= 21);
  CHECK(upload.timed_out());

  // Nor does a fast middle.
  Upload later;
  later.drip(15, 1);
  later.wire.send(std::string(500'000, 'b'));
  CHECK(later.drip(19, 1) == 19);
  CHECK(later.lives());
  later.drip(2, 1);
  CHECK(later.timed_out());
}

TEST_CASE("the time between two reads holds for the fastest too") {
  Upload upload;
  upload.wire.send(std::string(500'000, 'b'));
  upload.wire.wait_for(milliseconds(19'999));
  CHECK(upload.lives());
  upload.wire.wait_for(milliseconds(1));
  CHECK(upload.timed_out());
}

TEST_CASE("a rate of nothing is no minimum: a byte now and then is enough") {
  Upload upload(0);
  for (int i = 0; i < 1000; ++i) {
    upload.wire.wait_for(milliseconds(19'999));
    upload.wire.send("b");
  }
  CHECK(upload.lives());
  upload.wire.wait_for(seconds(20));
  CHECK(upload.timed_out());
}

TEST_CASE("the smallest and the largest rate are reckoned with") {
  Upload one(1);
  CHECK(one.drip(1000, 1) == 1000);
  CHECK(one.lives());
  Upload most(std::uint64_t{1} << 30U);
  const int lived = most.drip(1000, 100);
  CHECK(lived >= 20);
  CHECK(lived <= 21);
  CHECK(most.timed_out());
}

TEST_CASE(
    "chunks come at a rate like any body, and every cutting of a second's bytes is the same") {
  const std::string one = chunk(std::string(94, 'b'));  // 100 bytes with its framing
  REQUIRE(one.size() == 100);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{1000}}) {
    Wire wire(limits_with(kRate));
    wire.next_cut = [cut](std::size_t) { return cut; };
    wire.send(chunked(""));
    for (int i = 0; i < 500; ++i) {
      wire.wait_for(seconds(1));
      wire.send(one);
    }
    CHECK(wire.output().empty());
    wire.send("0\r\n\r\n");
    CHECK(statuses_of(read_answers(wire.output())) == "200");
  }
}

TEST_CASE("a sink without room stops this clock too") {
  SinkWire test(limits_with(kRate));
  test.wire.send(post("Content-Length: 900000\r\n", "b"));
  test.wire.wait_for(seconds(15));
  test.record.has_room = false;
  test.wire.send("b");
  test.wire.wait_for(seconds(1000));
  test.record.has_room = true;
  test.record.exchange->resume_body();
  test.wire.pump();
  test.wire.wait_for(milliseconds(19'999));
  CHECK(test.wire.output().empty());
}
