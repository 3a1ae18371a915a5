// Goal: the engine is a function on bytes. However a stream is cut into pieces, the same requests
// reach the handler and the same bytes come out; and whatever becomes of a good stream, it sees the
// requests that the specification sees. Method: the corpus byte by byte and cut at random; random
// mutations of good streams against tests/specification. Seeds are printed.
#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"
#include "tests/specification/request_stream.h"

using namespace http_test;

namespace {

// All that can be seen from outside.
struct Outcome {
  std::string output;
  std::string problem;  // what our reader has against it
  std::string targets;
  bool finished = false;
  bool must_linger = false;
  bool quiescent = false;

  bool operator==(const Outcome&) const = default;
};

Outcome run(const std::string& stream, const Wire::NextCut& next_cut, bool deferred = false) {
  Wire wire;
  wire.next_cut = next_cut;
  wire.dispatcher.deferred = deferred;
  wire.send(stream);
  while (wire.dispatcher.waiting != nullptr) {
    wire.dispatcher.answer_waiting();
    wire.pump();
  }
  return {without_dates(wire.output()),     read_answers(wire.output()).problem,
          targets_of(wire.dispatcher.seen), wire.session().finished(),
          wire.session().must_linger(),     wire.session().quiescent()};
}

std::size_t whole(std::size_t available) { return available; }
std::size_t one_byte(std::size_t) { return 1; }

std::vector<std::string> corpus_streams() {
  std::vector<std::string> streams;
  for (const RefusedCase& one : all_refused()) {
    streams.push_back(one.bytes + get("/smuggled"));
    streams.push_back(get("/first") + one.bytes + get("/smuggled"));
  }
  for (const AcceptedCase& one : all_accepted()) streams.push_back(one.bytes);
  // Both a limit and the framing are broken: which comes first must not depend on the cut.
  streams.push_back(chunked("41\r\n" + std::string(65, 'a') + "XX"));
  streams.push_back(chunked("1\r\na\r\n40\r\n" + std::string(64, 'a') + "XX"));
  streams.push_back(chunked(std::string(9000, '0') + "41\r\n" + std::string(65, 'a')));
  streams.push_back(chunked("41\r\n" + std::string(65, 'a') + "\r\n" + std::string(9000, '0')));
  streams.push_back(chunked("1;" + std::string(5000, 'a') + "\r\na\r\n\n"));
  streams.push_back(get("/", "X: " + std::string(2000, 'a') + "\n"));
  streams.push_back(get("/", "X: a\nY: " + std::string(2000, 'a') + "\r\n"));
  streams.push_back("GET /" + std::string(2000, 'a') + "\n");
  return streams;
}

}  // namespace

TEST_CASE("byte by byte, and answered late, the outcome is the same") {
  for (const std::string& stream : corpus_streams()) {
    CAPTURE(stream);
    const Outcome expected = run(stream, whole);
    CHECK((run(stream, one_byte) == expected));
    CHECK((run(stream, whole, true) == expected));
    CHECK((run(stream, one_byte, true) == expected));
  }
}

TEST_CASE("cut in two at every place, the outcome is the same") {
  for (const std::string& stream : corpus_streams()) {
    if (stream.size() > 100 || stream.starts_with(get("/first"))) continue;
    CAPTURE(stream);
    const Outcome expected = run(stream, whole);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
      CAPTURE(cut);
      bool first = true;
      const auto in_two = [&first, cut](std::size_t available) {
        return std::exchange(first, false) ? cut : available;
      };
      REQUIRE((run(stream, in_two) == expected));
    }
  }
}

TEST_CASE("cut at random, the outcome is the same") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (const std::string& stream : corpus_streams()) {
    CAPTURE(stream);
    const Outcome expected = run(stream, whole);
    for (int round = 0; round < 5; ++round) {
      const auto some = [&random](std::size_t available) {
        return 1 + random() % std::min<std::size_t>(available, 40);
      };
      REQUIRE((run(stream, some, random() % 2 == 0) == expected));
    }
  }
}

namespace {

// The requests that reach the handler, by the specification; nobody here wants their content.
std::string specified_targets(const std::string& stream) {
  const server::HttpLimits limits = small_limits();
  specification::Limits same;
  same.header_bytes = limits.header_bytes_max;
  same.header_fields = limits.header_fields_max;
  same.body_bytes = limits.body_bytes_max;
  return accepted_targets(specification::read_requests(stream, same, false));
}

std::string good_stream(std::mt19937& random) {
  static const std::vector<std::string> kMessages = {
      get("/a"),
      get("/b", "X: y\r\nAccept: */*\r\n"),
      post("Content-Length: 5\r\n", "hello"),
      with_length(get("/in")),
      chunked("5\r\nhello\r\n0\r\n\r\n"),
      chunked("a;b=c\r\n0\r\n\r\n12345\r\n0\r\nX: y\r\n\r\n"),
      chunked(chunk(get("/in")) + "0\r\n\r\n"),
      "\r\n" + get("/c", "Connection: keep-alive\r\n"),
      "GET /d HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "POST /e HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n0\r\n\r\n",
  };
  std::string stream;
  for (std::size_t left = 1 + random() % 3; left > 0; --left) {
    stream += kMessages[random() % kMessages.size()];
  }
  return stream + get("/last");
}

void mutate(std::string& stream, std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"\r",
                                                   "\n",
                                                   "\r\n",
                                                   "\r\n\r\n",
                                                   " ",
                                                   "\t",
                                                   ":",
                                                   ",",
                                                   ";",
                                                   "0",
                                                   "5",
                                                   "\v",
                                                   "+",
                                                   "-",
                                                   "\x80",
                                                   "\"",
                                                   "chunked",
                                                   "#",
                                                   "HTTP",
                                                   "gzip",
                                                   "x: ",
                                                   "\n\r",
                                                   " \r\n ",
                                                   "\r\n\t",
                                                   "0\r\n",
                                                   "0\r\n\r\n",
                                                   std::string(1, '\0'),
                                                   "Content-Length: 5\r\n",
                                                   "Transfer-Encoding: chunked\r\n",
                                                   "Host: x\r\n",
                                                   "Content-Length: 0\r\n",
                                                   "GET /m HTTP/1.1\r\nHost: x\r\n\r\n"};
  const std::string& piece = kPieces[random() % kPieces.size()];
  const std::size_t at = random() % (stream.size() + 1);
  const std::size_t size = std::min<std::size_t>(1 + random() % 3, stream.size() - at);
  switch (random() % 4) {
    case 0:
      stream.insert(at, piece);
      return;
    case 1:
      stream.erase(at, size);
      return;
    case 2:
      stream.replace(at, size, piece);
      return;
    default:
      stream.insert(at, stream.substr(random() % (stream.size() + 1), 1 + random() % 30));
      return;
  }
}

}  // namespace

TEST_CASE("the corpus is read as the specification reads it") {
  for (const std::string& stream : corpus_streams()) {
    CAPTURE(stream);
    CHECK(run(stream, whole).targets == specified_targets(stream));
  }
}

TEST_CASE("a random good stream is read as the specification reads it") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 500; ++i) {
    const std::string stream = good_stream(random);
    CAPTURE(stream);
    const Outcome outcome = run(stream, whole);
    REQUIRE(outcome.targets == specified_targets(stream));
    REQUIRE(outcome.targets.ends_with("/last"));
    REQUIRE(outcome.quiescent);
  }
}

TEST_CASE("no mutation shows a request that the specification does not see, or hides one") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int refused = 0;
  int accepted = 0;
  for (int i = 0; i < 3'000; ++i) {
    std::string stream = good_stream(random);
    for (std::size_t left = 1 + random() % 3; left > 0; --left) mutate(stream, random);
    CAPTURE(stream);
    const Outcome outcome = run(stream, whole);
    REQUIRE(outcome.targets == specified_targets(stream));
    const auto some = [&random](std::size_t available) {
      return 1 + random() % std::min<std::size_t>(available, 20);
    };
    REQUIRE((run(stream, i % 2 == 0 ? Wire::NextCut(one_byte) : some) == outcome));
    REQUIRE(outcome.problem == "");
    refused += outcome.must_linger ? 1 : 0;
    accepted += outcome.quiescent ? 1 : 0;
  }
  // Both happen often enough to mean something.
  CHECK(refused > 150);
  CHECK(accepted > 20);
}
