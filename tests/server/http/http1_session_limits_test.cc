// Goal: every limit of the engine has a defined answer, at the limit and at one more, and no stream
// of bytes can go on for ever without content. Method: inputs of exactly the size, whole and byte
// by byte; what comes out is read by a reader of our own.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"

using namespace http_test;

namespace {

// Status of the first answer, and that the two ways of cutting agree; 0: no answer (yet).
int status_of(const std::string& stream) {
  Wire whole;
  whole.send(stream);
  Wire bytes;
  bytes.next_cut = [](std::size_t) { return std::size_t{1}; };
  bytes.send(stream);
  CHECK((without_dates(whole.output()) == without_dates(bytes.output())));
  const Answers answers = read_answers(whole.output());
  CHECK(answers.problem == "");
  if (answers.list.empty()) return 0;
  const bool refused = answers.list[0].status != 200;
  CHECK(answers.list[0].closes() == refused);
  CHECK(whole.session().finished() == refused);
  CHECK(whole.session().must_linger() == refused);
  CHECK(whole.dispatcher.seen.empty() == refused);
  return answers.list[0].status;
}

// A head of exactly `size` bytes, padded in a field.
std::string head_of(std::size_t size) {
  const std::size_t rest = get("/", "X: \r\n").size();
  return get("/", "X: " + std::string(size - rest, 'x') + "\r\n");
}

// A request line of `size` bytes, its CRLF included.
std::string line_of(std::size_t size) {
  const std::string before = "GET /";
  const std::string after = " HTTP/1.1\r\n";
  return before + std::string(size - before.size() - after.size(), 'a') + after;
}

std::string fields(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "X: y\r\n";
  return text;
}

constexpr std::size_t kHeadMax = 1024;
constexpr int kFieldsMax = 12;

}  // namespace

TEST_CASE("the size of a head: at the limit, and one more is 431") {
  REQUIRE(head_of(kHeadMax).size() == kHeadMax);
  CHECK(status_of(head_of(kHeadMax)) == 200);
  CHECK(status_of(head_of(kHeadMax + 1)) == 431);
  CHECK(status_of(head_of(10 * kHeadMax)) == 431);
  // Without an end it is refused as soon as the limit is reached, and not before.
  const std::string endless = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x');
  CHECK(status_of(endless.substr(0, kHeadMax - 1)) == 0);
  CHECK(status_of(endless.substr(0, kHeadMax)) == 431);
}

TEST_CASE("a pipelined request has the whole limit for itself") {
  Wire wire;
  wire.send(head_of(kHeadMax) + head_of(kHeadMax));
  CHECK(statuses_of(read_answers(wire.output())) == "200 200");
}

TEST_CASE("empty lines in front count for no size, and do not make an idle connection younger") {
  std::string empty_lines;
  for (std::size_t i = 0; i < kHeadMax; ++i) empty_lines += "\r\n";
  CHECK(status_of(empty_lines + get("/")) == 200);
  Wire wire;
  for (int i = 0; i < 8; ++i) {
    wire.wait_for(std::chrono::seconds(10));
    wire.send(i % 2 == 0 ? "\r" : "\n");
    CHECK(wire.session().quiescent() == !wire.session().finished());
  }
  CHECK(wire.session().finished());
  CHECK(wire.output().empty());
}

TEST_CASE("the request line: what fits, fits; a target without end is 414") {
  const std::string rest = "Host: x\r\n\r\n";
  CHECK(status_of(line_of(kHeadMax - rest.size()) + rest) == 200);
  CHECK(status_of(line_of(kHeadMax - rest.size() + 1) + rest) == 431);  // the line had an end
  CHECK(status_of(line_of(kHeadMax) + rest) == 431);
  CHECK(status_of(line_of(kHeadMax + 1) + rest) == 414);
  CHECK(status_of("GET /" + std::string(5000, 'a')) == 414);
}

TEST_CASE("a target: 8192 bytes are served, one more is 414, however much a head may hold") {
  server::HttpLimits limits = small_limits();
  limits.header_bytes_max = std::size_t{64} * 1024;
  constexpr std::size_t kMax = 8192;
  for (const std::string prefix : {"/", "/p?q=", "http://x/"}) {
    CAPTURE(prefix);
    const auto target = [&](std::size_t size) {
      return prefix + std::string(size - prefix.size(), 'a');
    };
    Wire within(limits);
    within.send(get(target(kMax)) + get("/next"));
    CHECK(statuses_of(read_answers(within.output())) == "200 200");
    Wire beyond(limits);
    beyond.send(get(target(kMax + 1)) + get("/next"));
    CHECK(statuses_of(read_answers(beyond.output())) == "414");
    CHECK(read_answers(beyond.output()).list.at(0).closes());
    CHECK(beyond.session().must_linger());
    CHECK(beyond.dispatcher.seen.empty());
  }
}

TEST_CASE("the number of fields: at the limit, and one more is 431") {
  CHECK(status_of(get("/", fields(kFieldsMax - 1))) == 200);  // and Host
  CHECK(status_of(get("/", fields(kFieldsMax))) == 431);
}

TEST_CASE("a body by Content-Length: at the limit, and one more is 413") {
  CHECK(status_of(with_length(std::string(64, 'b'))) == 200);
  CHECK(status_of(with_length(std::string(65, 'b'))) == 413);
  // Before a byte of it has come.
  CHECK(status_of(post("Content-Length: 65\r\n", "")) == 413);
  CHECK(status_of(post("Content-Length: 64\r\n", std::string(63, 'b'))) == 0);
}

TEST_CASE("a body by chunks: at the limit, and one more is 413") {
  const std::string end = "0\r\n\r\n";
  CHECK(status_of(chunked(chunk(std::string(64, 'b')) + end)) == 200);
  CHECK(status_of(chunked(chunk(std::string(65, 'b')) + end)) == 413);
  std::string many;
  for (int i = 0; i < 64; ++i) many += chunk("b");
  CHECK(status_of(chunked(many + end)) == 200);
  CHECK(status_of(chunked(many + chunk("b") + end)) == 413);
  // A chunk that announces more than memory has is 413 when the limit is passed, not sooner.
  CHECK(status_of(chunked("FFFFFFFFFFFFFFFF\r\n" + std::string(64, 'b'))) != 200);
  CHECK(status_of(chunked("FFFFFFFFFFFFFFFF\r\n" + std::string(65, 'b'))) == 413);
}

TEST_CASE("a limit of nothing allows no body, and requests without one") {
  server::HttpLimits limits = small_limits();
  limits.body_bytes_max = 0;
  Wire wire(limits);
  wire.send(get("/a") + with_length("") + chunked("0\r\n\r\n") + with_length("b"));
  CHECK(statuses_of(read_answers(wire.output())) == "200 200 200 413");
}

// In chunked_decoder.h: 4096 bytes between sizes and line ends over the whole body.
TEST_CASE("chunk extensions: at the limit, and one more is 400") {
  const auto with_extension = [](const std::string& extension) {
    return chunked("5;" + extension + "\r\nhello\r\n0\r\n\r\n");
  };
  CHECK(status_of(with_extension(std::string(4095, 'a'))) == 200);
  CHECK(status_of(with_extension(std::string(4096, 'a'))) == 400);
  CHECK(status_of(with_extension("n=" + std::string(4093, 'a'))) == 200);
  CHECK(status_of(with_extension("n=" + std::string(4094, 'a'))) == 400);
  // Without end, it does not wait for one.
  CHECK(status_of(chunked("5;" + std::string(4097, 'a'))) == 400);
}

TEST_CASE("chunk extensions in small doses add up") {
  const std::string part = "1;" + std::string(101, 'a') + "\r\nb\r\n";
  std::string body;
  for (int i = 0; i < 40; ++i) body += part;
  CHECK(status_of(chunked(body + "0\r\n\r\n")) == 200);
  CHECK(status_of(chunked(body + part + "0\r\n\r\n")) == 400);
}

// They announced a chunk without end, of any number of bytes, that no limit counted.
TEST_CASE("a chunk size cannot begin with zeros for ever") {
  CHECK(status_of(chunked(std::string(100, '0') + "5\r\nhello\r\n0\r\n\r\n")) == 200);
  CHECK(status_of(chunked(std::string(20'000, '0') + "5\r\nhello\r\n0\r\n\r\n")) == 400);
  CHECK(status_of(chunked(std::string(20'000, '0'))) == 400);
  CHECK(status_of(chunked("5\r\nhello\r\n" + std::string(20'000, '0') + "\r\n\r\n")) == 400);
  // Each chunk has the allowance for itself: small chunks are no attack.
  std::string many;
  for (int i = 0; i < 60; ++i) many += std::string(1000, '0') + "1\r\nb\r\n";
  CHECK(status_of(chunked(many + "0\r\n\r\n")) == 200);
}

// In http1_parser.cc: 8192 bytes with the empty line, and as many fields as a head may have.
TEST_CASE("trailers: at the limits, and one more is 431") {
  const auto with_trailers = [](std::size_t size) {
    return chunked("0\r\nX: " + std::string(size - 7, 'a') + "\r\n\r\n");
  };
  CHECK(status_of(with_trailers(8192)) == 200);
  CHECK(status_of(with_trailers(8193)) == 431);
  CHECK(status_of(chunked("0\r\nX: " + std::string(8189, 'a'))) == 431);  // does not wait
  CHECK(status_of(chunked("0\r\n" + fields(kFieldsMax) + "\r\n")) == 200);
  CHECK(status_of(chunked("0\r\n" + fields(kFieldsMax + 1) + "\r\n")) == 431);
}

TEST_CASE("RFC 9110 10.1.1: Expect: 100-continue gets the final answer instead, and is the last") {
  Wire wire;
  wire.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == 1);
  CHECK(answers.list[0].status == 200);
  CHECK(answers.list[0].closes());  // nobody knows whether the body will be sent
  CHECK(wire.session().finished());
  CHECK(wire.session().must_linger());
  // The body, were it sent all the same, is not taken for a request.
  Wire eager;
  eager.send(post("Expect: 100-continue\r\nContent-Length: 29\r\n", get("/in")) + get("/next"));
  CHECK(targets_of(eager.dispatcher.seen) == "/p");
}

TEST_CASE("Expect: 100-continue with a body that is too large is 413 at once") {
  CHECK(status_of(post("Expect: 100-continue\r\nContent-Length: 65\r\n", "")) == 413);
}

TEST_CASE("Expect without a body changes nothing, and HTTP/1.0 does not know it") {
  Wire wire;
  wire.send(get("/a", "Expect: 100-continue\r\n") + get("/b"));
  CHECK(targets_of(wire.dispatcher.seen) == "/a /b");
  Wire old;
  old.send(
      "POST /a HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n"
      "Content-Length: 5\r\n\r\n");
  CHECK(old.output().empty());
  old.send("hello" + get("/b"));
  CHECK(targets_of(old.dispatcher.seen) == "/a /b");
}

TEST_CASE("each limit that is reached is counted, once and as what it is") {
  using server::Limit;
  struct Case {
    std::string stream;
    std::chrono::seconds then_waits;
    std::vector<Limit> limits;
  };
  const std::chrono::seconds none(0);
  const std::chrono::seconds long_enough(100);
  const std::vector<Case> cases = {
      {get("/"), none, {}},
      {"BAD", none, {}},
      {"BAD\r\n\r\n", none, {}},
      {get("/"), long_enough, {Limit::kKeepaliveTimeout}},
      {"", long_enough, {Limit::kKeepaliveTimeout}},
      {"GET / HT", long_enough, {Limit::kHeaderTimeout}},
      {post("Content-Length: 5\r\n", "hell"), long_enough, {Limit::kBodyTimeout}},
      {"GET /" + std::string(5000, 'a'), none, {Limit::kTargetSize}},
      {head_of(kHeadMax + 1), none, {Limit::kHeaderSize}},
      {get("/", fields(kFieldsMax)), none, {Limit::kHeaderSize}},
      {post("Content-Length: 65\r\n", ""), none, {Limit::kBodySize}},
      {chunked("41\r\n"), none, {Limit::kBodySize}},
  };
  for (const Case& one : cases) {
    CAPTURE(one.stream);
    Wire wire;
    wire.send(one.stream);
    wire.wait_for(one.then_waits);
    CHECK((wire.met == one.limits));
  }
}

TEST_CASE("a route may take more of a body than the server does, or less") {
  const std::string chunks = "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::uint64_t limit : {std::uint64_t{3}, std::uint64_t{100}}) {
    CAPTURE(limit);
    const std::string at(limit, 'x');
    const auto size = [](const std::string& body) {
      std::string digits;
      for (std::size_t left = body.size(); left > 0; left /= 16) {
        digits.insert(digits.begin(), "0123456789abcdef"[left % 16]);
      }
      return digits;
    };
    struct Case {
      std::string request;
      bool refused;
    };
    const std::string head = "POST /p HTTP/1.1\r\nHost: a\r\n";
    const Case cases[] = {
        {head + "Content-Length: " + std::to_string(limit) + "\r\n\r\n" + at, false},
        {head + "Content-Length: " + std::to_string(limit + 1) + "\r\n\r\n" + at + "x", true},
        {head + chunks + size(at) + "\r\n" + at + "\r\n0\r\n\r\n", false},
        {head + chunks + size(at + "x") + "\r\n" + at + "x\r\n0\r\n\r\n", true},
    };
    for (const Case& c : cases) {
      CAPTURE(c.request);
      http_test::Wire wire;
      wire.dispatcher.decide = [limit](server::Exchange& exchange) {
        exchange.body_bytes_max = limit;
      };
      wire.send(c.request);
      CHECK(wire.output().starts_with(c.refused ? "HTTP/1.1 413 " : "HTTP/1.1 200 "));
    }
  }
}
