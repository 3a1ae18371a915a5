// Goal: a response is read the same wherever the stream is cut, and what is none, or cannot be
// framed, is refused with its reason. Method: a stream of responses cut at every byte, in two and
// byte by byte; a table of bad ones.

#include "loadtest/response_parser.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using loadtest::fnv1a;
using loadtest::Mishap;
using loadtest::ResponseParser;
using State = loadtest::ResponseParser::State;

namespace {

struct Seen {
  int status;
  std::uint64_t length;
  std::uint64_t digest;
  std::uint64_t bytes;
  bool closes;

  friend bool operator==(const Seen&, const Seen&) = default;
};

// Feeds `pieces` one after the other; what was complete.
std::vector<Seen> read(const std::vector<std::string_view>& pieces) {
  ResponseParser parser(false, true);
  std::vector<Seen> seen;
  for (std::string_view rest : pieces) {
    while (!rest.empty()) {
      const std::size_t used = parser.feed(rest);
      REQUIRE(used > 0);
      rest.remove_prefix(used);
      if (parser.state() == State::kComplete) {
        seen.push_back({parser.status(), parser.content_length(), parser.digest(), parser.bytes(),
                        parser.closes()});
      } else {
        REQUIRE(rest.empty());
      }
    }
  }
  return seen;
}

const std::string kFirst = "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-LENGTH:  5 \r\n\r\nhello";
const std::string kEmpty = "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n";
const std::string kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string kInterim = "HTTP/1.1 100 Continue\r\n\r\n";
const std::string kLast =
    "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 3\r\n\r\n\r\n\r";
const std::string kStream = kFirst + kEmpty + kNoContent + kInterim + kLast;

const std::vector<Seen> kExpected{
    {200, 5, fnv1a("hello"), kFirst.size(), false},
    {404, 0, fnv1a(""), kEmpty.size(), false},
    {204, 0, fnv1a(""), kNoContent.size(), false},
    {200, 3, fnv1a("\r\n\r"), kInterim.size() + kLast.size(), true},
};

struct Bad {
  std::string_view text;
  Mishap mishap;
  std::string_view reason;
};

const std::vector<Bad> kBad{
    {"HTTP/2 200 OK\r\n\r\n", Mishap::kStatus, "status line"},
    {"HTTP/1.1 2x0 OK\r\n\r\n", Mishap::kStatus, "status line"},
    {"HTTP/1.1 200\r\n\r\n", Mishap::kStatus, "status line"},
    {"SSH-2.0-OpenSSH\r\n\r\n", Mishap::kStatus, "status line"},
    {"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", Mishap::kStatus, "header field"},
    {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", Mishap::kStatus, "header field"},
    {"HTTP/1.1 200 OK\r\n folded: b\r\n\r\n", Mishap::kStatus, "header field"},
    {"HTTP/1.1 200 OK\r\n\r\n", Mishap::kLength, "no Content-Length"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", Mishap::kLength, "two"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", Mishap::kLength, "no number"},
    {"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", Mishap::kLength, "no number"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", Mishap::kLength,
     "no number"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Mishap::kLength, "Transfer-Encoding"},
};

}  // namespace

TEST_CASE("a stream of responses, whole") { CHECK(read({kStream}) == kExpected); }

TEST_CASE("a stream of responses, cut in two at every byte") {
  const std::string_view stream(kStream);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    CAPTURE(cut);
    CHECK(read({stream.substr(0, cut), stream.substr(cut)}) == kExpected);
  }
}

TEST_CASE("a stream of responses, byte by byte") {
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < kStream.size(); ++i)
    bytes.push_back(std::string_view(kStream).substr(i, 1));
  CHECK(read(bytes) == kExpected);
}

TEST_CASE("bad responses are refused with their reason, however they are cut") {
  for (const Bad& bad : kBad) {
    for (std::size_t cut = 0; cut < bad.text.size(); ++cut) {
      CAPTURE(bad.text);
      CAPTURE(cut);
      ResponseParser parser(false, false);
      CHECK(parser.feed(bad.text.substr(0, cut)) == cut);
      static_cast<void>(parser.feed(bad.text.substr(cut)));
      REQUIRE(parser.state() == State::kBad);
      CHECK(parser.mishap() == bad.mishap);
      CHECK(parser.reason().find(bad.reason) != std::string_view::npos);
      CHECK(parser.head() == bad.text);
    }
  }
}

TEST_CASE("answers to HEAD have a length and no body") {
  ResponseParser parser(true, false);
  const std::string_view text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  CHECK(parser.feed(text) == text.size());
  CHECK(parser.state() == State::kComplete);
  CHECK(parser.content_length() == 5);
}

TEST_CASE("a body may be skipped unseen") {
  ResponseParser parser(false, false);
  static_cast<void>(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12"));
  CHECK(parser.state() == State::kBody);
  CHECK(parser.body_left() == 8);
  parser.skip_body(5);
  CHECK(parser.state() == State::kBody);
  parser.skip_body(3);
  CHECK(parser.state() == State::kComplete);
  CHECK(parser.untouched());
  CHECK(parser.feed(kFirst) == kFirst.size());
  CHECK(parser.content_length() == 5);
}

TEST_CASE("HTTP/1.0 closes unless it says otherwise") {
  ResponseParser parser(false, false);
  static_cast<void>(parser.feed("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
  CHECK(parser.closes());
  static_cast<void>(
      parser.feed("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"));
  CHECK_FALSE(parser.closes());
}

TEST_CASE("a head without an end is refused at the limit") {
  ResponseParser parser(false, false);
  const std::string piece(4096, 'a');
  std::size_t fed = 0;
  while (parser.state() == State::kHead) fed += parser.feed(piece);
  CHECK(parser.state() == State::kBad);
  CHECK(fed == ResponseParser::kHeadBytesMax + piece.size());
}

TEST_CASE("after a reset nothing of the old connection is left") {
  ResponseParser parser(false, true);
  CHECK(parser.untouched());
  static_cast<void>(parser.feed("HTTP/1.1 200 OK\r\nConte"));
  CHECK_FALSE(parser.untouched());
  parser.reset();
  CHECK(parser.untouched());
  CHECK(parser.feed(kFirst) == kFirst.size());
  CHECK(parser.digest() == fnv1a("hello"));
}

TEST_CASE("a head like the one before says the same, and one that only begins like it does not") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
  ResponseParser parser(false, true);
  const auto length_of = [&parser](const std::string& answer) {
    CHECK(parser.feed(answer) == answer.size());
    CHECK(parser.state() == State::kComplete);
    CHECK(parser.bytes() == answer.size());
    CHECK(parser.head() == answer.substr(0, answer.find("\r\n\r\n") + 4));
    return parser.content_length();
  };
  for (int i = 0; i < 3; ++i) {
    CHECK(length_of(head + "\r\nhi") == 2);
    CHECK(parser.digest() == fnv1a("hi"));
    CHECK_FALSE(parser.closes());
  }
  CHECK(length_of(head + "Connection: close\r\n\r\nhi") == 2);
  CHECK(parser.closes());
  CHECK(length_of("HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nno!") == 3);
  CHECK(parser.status() == 404);
  CHECK(parser.digest() == fnv1a("no!"));
  CHECK_FALSE(parser.closes());
}

TEST_CASE("the digest is FNV-1a") {
  CHECK(fnv1a("") == 0xcbf29ce484222325);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8c);
  CHECK(fnv1a("foobar") == 0x85944171f73967e8);
}
