// Goal: it takes a head apart into views, frames its body, and refuses the rest
// without help from what stands before and behind it in the session. Method: heads and bodies in
// one piece and byte by byte. Which streams are refused as a whole, the corpus says
// (http1_session_refusal_test.cc).
#include "server/http/http1_parser.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using server::Http1Parser;
using server::Request;

namespace {

constexpr std::size_t kFieldsMax = 5;

struct Fed {
  std::size_t consumed = 0;
  std::uint64_t content = 0;
  bool bad = false;
};

// Until the message is complete, bad, or there is nothing left.
Fed feed(Http1Parser& parser, std::string_view bytes, std::size_t piece_max) {
  Fed fed;
  while (!parser.message_complete() && !fed.bad && fed.consumed < bytes.size()) {
    const std::string_view piece = bytes.substr(fed.consumed, piece_max);
    const Http1Parser::BodyProgress progress =
        parser.feed_body(std::as_bytes(std::span(piece)), nullptr);
    fed.consumed += progress.consumed;
    fed.content += progress.content_bytes;
    fed.bad = progress.status != 0;
  }
  return fed;
}

constexpr std::size_t kPieces[] = {1, 2, 3, 7, 1'000'000};

const std::string kChunkedHead = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

// A parser that took "chunked" and a tab for some other coding read no body, and its chunks were
// the next request.
TEST_CASE("a tab behind a framing field hides no body") {
  for (const std::string space : {"\t", " \t", "\t ", "\t\t \t"}) {
    Http1Parser parser;
    Request coded;
    const std::string coding = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked" + space + "\r\n\r\n";
    REQUIRE(parser.parse_head(coding, kFieldsMax, coded) == 0);
    CHECK(!parser.message_complete());
    CHECK(feed(parser, "1\r\na\r\n0\r\n\r\n", 3).content == 1);
    Request sized;
    const std::string length = "POST / HTTP/1.1\r\nContent-Length: 5" + space + "\r\n\r\n";
    REQUIRE(parser.parse_head(length, kFieldsMax, sized) == 0);
    CHECK(parser.content_length() == 5);
    CHECK(sized.fields.find("Content-Length")->value.data() == length.data() + 33);
  }
}

TEST_CASE("a head is taken apart into views of it") {
  const std::string head =
      "GET /a?b HTTP/1.1\r\nHost: x\r\nEmpty:\r\nSpaced: \t a b \t\r\nhost-like: y\r\n\r\n";
  Http1Parser parser;
  Request request;
  REQUIRE(parser.parse_head(head, kFieldsMax, request) == 0);
  CHECK(request.target_text == "/a?b");
  CHECK(request.target_text.data() == head.data() + 4);
  REQUIRE(request.fields.count() == 4);
  CHECK(request.fields.find("HOST")->value == "x");
  CHECK(request.fields.find("empty")->value == "");
  CHECK(request.fields.find("spaced")->value == "a b");
  CHECK(request.fields.find("host-like")->name == "host-like");
  CHECK(parser.message_complete());
  CHECK(parser.content_length() == 0);
}

TEST_CASE("the number of fields: at the limit, and one more is 431") {
  std::string head = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < kFieldsMax; ++i) head += "X: y\r\n";
  Http1Parser parser;
  Request at;
  CHECK(parser.parse_head(head + "\r\n", kFieldsMax, at) == 0);
  CHECK(at.fields.count() == kFieldsMax);
  Request beyond;
  CHECK(parser.parse_head(head + "X: y\r\n\r\n", kFieldsMax, beyond) == 431);
}

TEST_CASE("a head that is none is 400") {
  Http1Parser parser;
  for (const std::string head : {"GET / HTTP/1.1\r\nX\r\n\r\n", "GET / HTTP/1.1\r\nX Y: z\r\n\r\n",
                                 "GET / HTTP/1.1\r\nContent-Length: a\r\n\r\n", "\r\n\r\n",
                                 "HTTP/1.1 200 OK\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
    CAPTURE(head);
    Request request;
    CHECK(parser.parse_head(head, kFieldsMax, request) == 400);
  }
  // And the parser is as good as new.
  Request request;
  CHECK(parser.parse_head("GET / HTTP/1.1\r\n\r\n", kFieldsMax, request) == 0);
}

TEST_CASE("RFC 9110 7.8: Upgrade does not stop the parser") {
  const std::string head =
      "POST / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n";
  Http1Parser parser;
  Request request;
  REQUIRE(parser.parse_head(head, kFieldsMax, request) == 0);
  CHECK_FALSE(parser.message_complete());
  CHECK(parser.content_length() == 2);
  const Fed fed = feed(parser, "abGET", 100);
  CHECK(fed.consumed == 2);
  CHECK(parser.message_complete());
}

TEST_CASE("a body of Content-Length ends to the byte, however it is cut") {
  for (const std::size_t piece : kPieces) {
    CAPTURE(piece);
    Http1Parser parser;
    Request request;
    const std::string head = "POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\n";
    REQUIRE(parser.parse_head(head, kFieldsMax, request) == 0);
    CHECK(parser.content_length() == 12);
    CHECK_FALSE(parser.message_complete());
    const Fed fed = feed(parser, "GET / HTTP/1GET / HTTP/1.1\r\n\r\n", piece);
    CHECK(fed.consumed == 12);
    CHECK(fed.content == 12);
    CHECK_FALSE(fed.bad);
    CHECK(parser.message_complete());
  }
}

TEST_CASE("a chunked body ends to the byte, however it is cut") {
  const std::string body =
      "5\r\nhello\r\n000B;a=b\r\n0\r\n\r\nGET / \r\n0;c\r\nTrailer: yes\r\n\r\n";
  for (const std::size_t piece : kPieces) {
    CAPTURE(piece);
    Http1Parser parser;
    Request request;
    REQUIRE(parser.parse_head(kChunkedHead, kFieldsMax, request) == 0);
    CHECK(parser.content_length() == 0);
    const Fed fed = feed(parser, body + "GET / HTTP/1.1\r\n", piece);
    CHECK(fed.consumed == body.size());
    CHECK(fed.content == 16);
    CHECK_FALSE(fed.bad);
    CHECK(parser.message_complete());
  }
}

TEST_CASE("a trailer section gets the same scan as a head") {
  for (const std::string trailers :
       {" folded: y\r\n\r\n", ": y\r\n\r\n", "X: y\n\r\n", "X: y\r\n\n", "X: y\rz\r\n\r\n",
        "X: y\r\n folded\r\n\r\n", "Content-Length: 1\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n", "HOST: y\r\n\r\n",
        "1: 2\r\n3: 4\r\n5: 6\r\n7: 8\r\n9: a\r\nb: c\r\n\r\n"}) {
    for (const std::size_t piece : kPieces) {
      CAPTURE(trailers);
      CAPTURE(piece);
      Http1Parser parser;
      Request request;
      REQUIRE(parser.parse_head(kChunkedHead, kFieldsMax, request) == 0);
      CHECK(feed(parser, "0\r\n" + std::string(trailers), piece).bad);
    }
  }
}

TEST_CASE("trailers do not become fields of the request") {
  Http1Parser parser;
  Request request;
  REQUIRE(parser.parse_head(kChunkedHead, kFieldsMax, request) == 0);
  const std::size_t before = request.fields.count();
  CHECK_FALSE(feed(parser, "0\r\nX-User: admin\r\n\r\n", 100).bad);
  CHECK(request.fields.count() == before);
  CHECK(request.fields.find("X-User") == nullptr);
}

TEST_CASE("a parser in the middle of a body starts afresh with the next head") {
  Http1Parser parser;
  for (const std::string part :
       {"", "5", "5\r\n", "5\r\nhe", "5\r\nhello\r\n0\r\n", "0\r\nX: y", "zz"}) {
    CAPTURE(part);
    Request request;
    REQUIRE(parser.parse_head(kChunkedHead, kFieldsMax, request) == 0);
    static_cast<void>(feed(parser, part, 100));
    Request next;
    REQUIRE(parser.parse_head("GET /next HTTP/1.1\r\nHost: x\r\n\r\n", kFieldsMax, next) == 0);
    CHECK(next.target_text == "/next");
    CHECK(parser.message_complete());
    CHECK(parser.content_length() == 0);
  }
}
