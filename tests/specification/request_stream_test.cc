// Goal: the specification itself says what the RFCs say, before anything is measured with it.
// Method: streams with the verdict, the reasons and the place where each message ends, written by
// hand from RFC 9112 and RFC 9110.
#include "tests/specification/request_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace specification;

namespace {

Limits small_limits() {
  Limits limits;
  limits.header_bytes = 200;
  limits.header_fields = 4;
  limits.body_bytes = 10;
  limits.target_bytes = 40;
  limits.chunk_line_bytes = 30;
  limits.chunk_extension_bytes = 20;
  limits.trailer_bytes = 60;
  return limits;
}

std::vector<Message> read(std::string_view stream, bool content_wanted = true) {
  return read_requests(stream, small_limits(), content_wanted);
}

// "/a /b 400": the targets of what is accepted, then the statuses of what is not, "..." when the
// last message is incomplete.
std::string summary(std::string_view stream, bool content_wanted = true) {
  std::string text;
  for (const Message& message : read(stream, content_wanted)) {
    std::string word;
    if (message.verdict == Verdict::kAccepted) word = message.target;
    if (message.verdict == Verdict::kIncomplete) word = "...";
    if (message.verdict != Verdict::kAccepted) {
      for (const Violation& violation : message.violations) {
        const std::string status = std::to_string(violation.status);
        if (word.find(status) == std::string::npos) word += (word.empty() ? "" : "/") + status;
      }
    }
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

struct Row {
  std::string stream;
  std::string summary;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.stream);
    CHECK(summary(row.stream) == row.summary);
  }
}

}  // namespace

TEST_CASE("where messages end, and what they hold") {
  const std::string first = post("Content-Length: 5\r\n", "hello");
  const std::string second = chunked("2;a=\"b;c\"\r\nhi\r\n3\r\n!!!\r\n0\r\nX: y\r\n\r\n");
  const std::vector<Message> messages = read("\r\n" + first + "\r\n" + second + get("/c"));
  REQUIRE(messages.size() == 3);
  CHECK(messages[0].method == "POST");
  CHECK(messages[0].head_end == 2 + first.size() - 5);
  CHECK(messages[0].end == 2 + first.size());
  CHECK(messages[0].content == "hello");
  CHECK(messages[1].end == 4 + first.size() + second.size());
  CHECK(messages[1].content == "hi!!!");
  CHECK(messages[2].target == "/c");
  CHECK(messages[2].host == "x");
}

TEST_CASE("RFC 9112 2 and 3: lines and request lines") {
  check_rows({
      {"", ""},
      {"\r\n\r", ""},
      {"\rG", "400"},
      {"\n", "400"},
      {"G", "..."},
      {get("/a") + get("/b"), "/a /b"},
      {"GET / HTTP/1.1\nHost: x", ".../400"},
      {"GET / HTTP/1.1\r\nHo st: x\r\n", ".../400"},
      {" GET / HTTP/1.1\r\n", ".../400"},
      {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n", "400"},
      {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET / HTTP/1.7\r\nHost: x\r\n\r\n" + get("/b"), "/ /b"},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
      {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "501"},
      {"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", "501"},
      {get("/" + std::string(40, 'a')), "414"},
      {get("/", "A: b\r\nC: d\r\nE: f\r\n"), "/"},
      {get("/", "A: b\r\nC: d\r\nE: f\r\nG: h\r\n"), "431"},
      {"GET /" + std::string(200, 'a'), "414"},
      {"GET / HTTP/1.1\r\nX: " + std::string(200, 'a'), "431"},
      {"GET / HTTP/1.1\r\n X\r\nX: " + std::string(200, 'a'), "400/431"},
  });
}

TEST_CASE("RFC 9112 3.2: the four forms, and Host") {
  check_rows({
      {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*"},
      {get("*"), "400"},
      {get("x:80"), "400"},
      {get("http://y:/a?b"), "http://y:/a?b"},
      {get("https://y/"), "421"},
      {get("http://u@y/"), "400"},
      {get("/a/../../b"), "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x:65536\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "/"},
      {get("/", "Host: x\r\n"), "400"},
  });
  CHECK(read(get("http://y:80/a/./b%20c"))[0].host == "y");
  CHECK(read(get("http://y:80/a/./b%20c"))[0].path == "/a/b c");
}

TEST_CASE("RFC 9112 6: framing") {
  const std::string next = get("/n");
  check_rows({
      {post("Content-Length: 010\r\n", "0123456789") + next, "/p /n"},
      {post("Content-Length: 10\r\n", "012345678"), "..."},
      {post("Content-Length: 11\r\n", ""), "413"},
      {post("Content-Length: 5, 5\r\n", "hello"), "400"},
      {post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), "400"},
      {post("Content-Length: 99999999999999999999\r\n", ""), "400/413"},
      {post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "400"},
      {post("Transfer-Encoding: gzip, chunked\r\n", ""), "501"},
      {post("Transfer-Encoding: chunked, gzip\r\n", ""), "400"},
      {post("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n") + next, "/p /n"},
  });
}

TEST_CASE("RFC 9112 7.1: chunks and their extensions") {
  const std::string end = "0\r\n\r\n";
  check_rows({
      {chunked("1;a\r\nb\r\n" + end) + get("/n"), "/p /n"},
      {chunked("1 ; a = b;c=\"\\\"\"\r\nb\r\n" + end), "/p"},
      {chunked("1;a \r\nb\r\n" + end), "400"},
      {chunked("1;\r\nb\r\n" + end), "400"},
      {chunked("1;a=\r\nb\r\n" + end), "400"},
      {chunked("1;a=\"\r"), "400"},
      {chunked("1;a=\"\\"), "..."},
      {chunked("1;a="), "..."},
      {chunked("1 "), "..."},
      {chunked("1 \r"), "400"},
      {chunked("g"), "400"},
      {chunked("1\r\nbX"), "400"},
      {chunked("1\r\nb\r"), "..."},
      {chunked("1\nb"), "400"},
      {chunked("a\r\n0123456789\r\n1\r\n"), "413"},
      {chunked("10000000000000000\r\n"), "400"},
      {chunked(std::string(28, '0') + "1\r\nb\r\n" + end), "/p"},
      {chunked(std::string(29, '0') + "1\r\nb\r\n" + end), "400"},
      {chunked("1;" + std::string(10, 'a') + "\r\nb\r\n1;" + std::string(8, 'a') + "\r\nb\r\n" +
               end),
       "/p"},
      {chunked("1;" + std::string(10, 'a') + "\r\nb\r\n1;" + std::string(9, 'a') + "\r\nb\r\n" +
               end),
       "400"},
  });
}

TEST_CASE("RFC 9112 7.1.2: trailers") {
  check_rows({
      {chunked("0\r\nX: y\r\n\r\n") + get("/n"), "/p /n"},
      {chunked("0\r\nX: y\r\n"), "..."},
      {chunked("0\r\nX: y\n"), ".../400"},
      {chunked("0\r\nHost: y\r\n\r\n"), "400"},
      {chunked("0\r\nauthorization: y\r\n\r\n"), "400"},
      {chunked("0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n"), "/p"},
      {chunked("0\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\n\r\n"), "431"},
      {chunked("0\r\nX: " + std::string(60, 'a')), "431"},
  });
}

TEST_CASE("RFC 9112 9.3 and RFC 1945: who goes on") {
  const std::string next = get("/n");
  check_rows({
      {get("/a", "Connection: x, Close\r\n") + next, "/a"},
      {get("/a", "Connection: closed\r\n") + next, "/a /n"},
      {"GET /a HTTP/1.0\r\n\r\n" + next, "/a"},
      {"GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n" + next, "/a /n"},
      {"GET /a HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n" + next, "/a"},
      {"POST /a HTTP/1.0\r\n\r\n", "411"},
      {"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
  });
}

TEST_CASE("RFC 9110 10.1.1: Expect") {
  const std::string waiting = post("Expect: 100-Continue\r\nContent-Length: 2\r\n", "hi");
  CHECK(summary(waiting + get("/n"), true) == "/p /n");
  CHECK(summary(waiting + get("/n"), false) == "/p");
  CHECK(summary(get("/a", "Expect: 100-continue\r\n") + get("/n"), false) == "/a /n");
  check_rows({
      {get("/a", "Expect: 100-continue, 100-continue,\r\n"), "/a"},
      {get("/a", "Expect: 100-continue, x\r\n"), "417"},
      {get("/a", "Expect: x=\"y\"\r\n"), "417"},
      {"GET /a HTTP/1.0\r\nExpect: x\r\n\r\n", "/a"},
  });
}
