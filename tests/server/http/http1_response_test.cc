// Goal: an answer is what RFC 9112 4 and 6 say: a status line, its fields, its length, and content
// where there may be some. Method: answers written into a queue and read back as text.
#include "server/http/http1_response.h"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/http/cross_origin.h"

using server::append_response;
using server::Exchange;
using server::Method;

namespace {

class Answer {
 public:
  Exchange exchange{core::Callback<void()>::to<&Answer::ignore>(*this)};

  // All of it, but the content of files.
  std::string text(bool keep_alive = true) {
    core::OutputQueue queue(blocks_);
    source = append_response(queue, exchange, keep_alive, "Thu, 01 Jan 1970 00:00:00 GMT");
    return text_of(queue);
  }
  // As a piece of content that comes over time.
  std::string piece_text(server::BodyPiece piece) {
    core::OutputQueue queue(blocks_);
    append_piece(queue, exchange, piece);
    return text_of(queue);
  }
  std::string end_text() {
    core::OutputQueue queue(blocks_);
    append_end(queue, exchange);
    return text_of(queue);
  }
  std::uint64_t file_bytes = 0;
  server::BodySource* source = nullptr;  // of the last text()

 private:
  void ignore() {}
  std::string text_of(const core::OutputQueue& queue) {
    std::array<iovec, 16> vectors{};
    std::string text;
    for (const iovec& vector : std::span(vectors).first(queue.gather(vectors))) {
      text.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
    }
    file_bytes = queue.size() - text.size();
    return text;
  }
  core::BlockPool blocks_;
};

const std::string kDate = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";

}  // namespace

TEST_CASE("a status line, the date, the fields in their order, the length, the content") {
  Answer answer;
  answer.exchange.response.status = 200;
  answer.exchange.response.prepared_fields = "A: b\r\n";
  answer.exchange.response.fields.add("C", "d");
  answer.exchange.response.body = server::TextBody{"hello"};
  CHECK(answer.text() ==
        "HTTP/1.1 200 OK\r\n" + kDate + "A: b\r\nC: d\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(answer.exchange.body_bytes_sent == 5);
}

TEST_CASE("RFC 9110 9.3.2: HEAD gets the length and no content") {
  Answer answer;
  answer.exchange.request.method = Method::kHead;
  answer.exchange.response.status = 200;
  answer.exchange.response.body = server::TextBody{"hello"};
  CHECK(answer.text() == "HTTP/1.1 200 OK\r\n" + kDate + "Content-Length: 5\r\n\r\n");
  CHECK(answer.exchange.body_bytes_sent == 0);
}

TEST_CASE("RFC 9110 8.6 and 15.4.5: 204 and 304 have neither length nor content") {
  for (const int status : {204, 304}) {
    Answer answer;
    answer.exchange.response.status = status;
    answer.exchange.response.body = server::TextBody{"hello"};
    const std::string text = answer.text();
    CHECK(text.find("Content-Length") == std::string::npos);
    CHECK(text.ends_with("\r\n\r\n"));
  }
}

TEST_CASE("RFC 9112 9.3: what a client of each version has to be told of the connection") {
  struct Case {
    int minor_version;
    bool keep_alive;
    std::string_view field;
  };
  constexpr Case kCases[] = {{1, true, ""},
                             {1, false, "Connection: close\r\n"},
                             {0, true, "Connection: keep-alive\r\n"},
                             {0, false, "Connection: close\r\n"}};
  for (const Case& one : kCases) {
    Answer answer;
    answer.exchange.request.minor_version = one.minor_version;
    answer.exchange.response.status = 404;
    CHECK(answer.text(one.keep_alive) == "HTTP/1.1 404 Not Found\r\n" + kDate +
                                             "Content-Length: 0\r\n" + std::string(one.field) +
                                             "\r\n");
  }
}

TEST_CASE("content that is shared, a file, or larger than a block") {
  Answer shared;
  shared.exchange.response.status = 200;
  shared.exchange.response.body = server::BytesBody{"shared", nullptr};
  CHECK(shared.text().ends_with("Content-Length: 6\r\n\r\nshared"));

  Answer file;
  file.exchange.response.status = 206;
  file.exchange.response.body = server::FileBody{std::make_shared<core::OpenFile>(), 3, 1'000'000};
  CHECK(file.text().ends_with("Content-Length: 1000000\r\n\r\n"));
  CHECK(file.file_bytes == 1'000'000);
  CHECK(file.exchange.body_bytes_sent == 1'000'000);

  Answer empty;
  empty.exchange.response.status = 200;
  empty.exchange.response.body = server::FileBody{std::make_shared<core::OpenFile>(), 0, 0};
  CHECK(empty.text().ends_with("Content-Length: 0\r\n\r\n"));
  CHECK(empty.file_bytes == 0);

  Answer large;
  const std::string value(20'000, 'v');
  large.exchange.response.status = 200;
  large.exchange.response.fields.add("X", value);
  large.exchange.response.body = server::TextBody{std::string(20'000, 'c')};
  const std::string text = large.text();
  CHECK(text.find("X: " + value + "\r\n") != std::string::npos);
  CHECK(text.ends_with(std::string(20'000, 'c')));
}

TEST_CASE(
    "a policy adds fields, some of them to successes only, and takes fields of the handler away") {
  server::ResponsePolicy policy;
  policy.fields = "X-Frame-Options: DENY\r\n";
  policy.fields_of_success = "Cache-Control: max-age=1\r\n";
  for (const int status : {200, 206, 404}) {
    CAPTURE(status);
    for (const bool withheld : {false, true}) {
      policy.withheld =
          withheld ? std::vector<std::string>{"etag", "C"} : std::vector<std::string>{};
      Answer answer;
      answer.exchange.policy = &policy;
      answer.exchange.response.status = status;
      answer.exchange.response.prepared_fields = "ETag: \"x\"\r\nA: b\r\n";
      answer.exchange.response.fields.add("C", "d");
      answer.exchange.response.fields.add("Cc", "e");
      const std::string own =
          withheld ? "A: b\r\nCc: e\r\n" : "ETag: \"x\"\r\nA: b\r\nC: d\r\nCc: e\r\n";
      const std::string success = status == 404 ? "" : "Cache-Control: max-age=1\r\n";
      const std::string text = answer.text();
      CHECK(text.substr(text.find("\r\n") + 2) ==
            kDate + own + "X-Frame-Options: DENY\r\n" + success + "Content-Length: 0\r\n\r\n");
    }
  }
}

TEST_CASE("content of several pieces goes out in their order, announced with their sum") {
  for (const Method method : {Method::kGet, Method::kHead}) {
    Answer answer;
    answer.exchange.request.method = method;
    answer.exchange.response.status = 206;
    server::CompoundBody body;
    body.pieces.emplace_back(server::TextBody{"one,"});
    body.pieces.emplace_back(server::BytesBody{"two,", nullptr});
    body.pieces.emplace_back(server::FileBody{std::make_shared<core::OpenFile>(), 3, 0});
    body.pieces.emplace_back(server::TextBody{"three"});
    body.pieces.emplace_back(server::FileBody{std::make_shared<core::OpenFile>(), 3, 70'000});
    body.pieces.emplace_back(server::TextBody{"behind a file"});
    answer.exchange.response.body = std::move(body);
    const std::string text = answer.text();
    const bool head = method == Method::kHead;
    CHECK(
        text.ends_with("Content-Length: 70026\r\n\r\n" + std::string(head ? "" : "one,two,three")));
    CHECK(answer.file_bytes == (head ? 0 : 70'000 + 13));
    CHECK(answer.exchange.body_bytes_sent == (head ? 0 : 70'026));
  }
}

TEST_CASE("what is said of other origins is on every answer, but for what headers say themselves") {
  server::CrossOrigin::Rules rules;
  rules.origins = {"https://a.test"};
  rules.methods = {"GET"};
  server::ResponsePolicy policy;
  policy.cross_origin = std::make_shared<const server::CrossOrigin>(rules);
  for (const bool withheld : {false, true}) {
    policy.fields = withheld ? "Access-Control-Allow-Origin: https://b.test\r\n" : "";
    policy.withheld = withheld ? std::vector<std::string>{"access-control-allow-origin"}
                               : std::vector<std::string>{};
    const std::string allowed = withheld ? "" : "Access-Control-Allow-Origin: https://a.test\r\n";
    for (const int status : {200, 206, 304, 404, 500}) {
      Answer answer;
      answer.exchange.policy = &policy;
      answer.exchange.request.fields.add({"Origin", "https://a.test"});
      answer.exchange.response.status = status;
      answer.exchange.response.prepared_fields = "Vary: Accept-Encoding\r\n";
      answer.exchange.response.fields.add("A", "b");
      CHECK(answer.text().find(kDate + "Vary: Accept-Encoding\r\nA: b\r\n" + allowed +
                               "Vary: Origin\r\n" + policy.fields) != std::string::npos);
    }
    Answer preflight;
    preflight.exchange.policy = &policy;
    preflight.exchange.preflight = true;
    preflight.exchange.request.method = Method::kOptions;
    preflight.exchange.request.fields.add({"Origin", "https://a.test"});
    preflight.exchange.request.fields.add({"Access-Control-Request-Method", "GET"});
    preflight.exchange.response.status = 204;
    CHECK(preflight.text() ==
          "HTTP/1.1 204 No Content\r\n" + kDate + allowed +
              "Access-Control-Allow-Methods: GET\r\nVary: Origin, Access-Control-Request-Method, "
              "Access-Control-Request-Headers\r\n" +
              policy.fields + "\r\n");
  }
}

TEST_CASE("content that is not here yet has no length but chunks, or in HTTP/1.0 the end") {
  class Source final : public server::BodySource {
    [[nodiscard]] Next take(server::BodyPiece&) override { return Next::kEnd; }
  };
  struct Case {
    int minor_version;
    int status;
    Method method;
    std::string framing;
    bool has_content;
  };
  for (const Case& c : {Case{1, 200, Method::kGet, "Transfer-Encoding: chunked\r\n", true},
                        Case{1, 200, Method::kHead, "Transfer-Encoding: chunked\r\n", false},
                        Case{1, 304, Method::kGet, "", false},
                        Case{0, 200, Method::kGet, "Connection: close\r\n", true}}) {
    CAPTURE(c.framing);
    CAPTURE(c.status);
    Source source;
    Answer answer;
    answer.exchange.request.minor_version = c.minor_version;
    answer.exchange.request.method = c.method;
    answer.exchange.response.status = c.status;
    answer.exchange.respond_from(source);
    CHECK(answer.exchange.close_requested == (c.minor_version == 0));
    const std::string text = answer.text(!answer.exchange.close_requested);
    CHECK(text.ends_with(kDate + c.framing + "\r\n"));
    CHECK(answer.source == (c.has_content ? &source : nullptr));
    CHECK(answer.exchange.body_bytes_sent == 0);
  }
}

TEST_CASE("RFC 9112 7.1: a piece is a chunk with its size in hexadecimal; HTTP/1.0 knows none") {
  Answer answer;
  CHECK(answer.piece_text(server::TextBody{"a"}) == "1\r\na\r\n");
  const std::string large(4095, 'l');
  CHECK((answer.piece_text(server::BytesBody{large, nullptr}) == "fff\r\n" + large + "\r\n"));
  CHECK(answer.piece_text(server::FileBody{std::make_shared<core::OpenFile>(), 3, 70'000}) ==
        "11170\r\n");
  CHECK(answer.file_bytes == 70'002);
  CHECK(answer.exchange.body_bytes_sent == 74'096);
  CHECK(answer.end_text() == "0\r\n\r\n");
  Answer old;
  old.exchange.request.minor_version = 0;
  CHECK(old.piece_text(server::TextBody{"a"}) == "a");
  CHECK(old.end_text() == "");
}
