// Goal: what a parser lets through and RFC 9112 forbids is refused with the right status; what is
// allowed is filled in. Method: tables of request lines and of fields. Whole streams are the
// corpus' (http1_session_refusal_test.cc).
#include "server/http/request_rules.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using server::check_request;
using server::Expectation;
using server::expectation_of;
using server::Field;
using server::Method;
using server::read_request_line;
using server::Request;
using server::wants_keep_alive;

namespace {

int status_of_line(const std::string& line) {
  Request request;
  return read_request_line(line, request);
}

Request request_with(const std::vector<Field>& fields, std::string_view target = "/",
                     Method method = Method::kGet, int minor_version = 1) {
  Request request;
  request.method = method;
  request.target_text = target;
  request.minor_version = minor_version;
  for (const Field& field : fields) request.fields.add(field);
  return request;
}

int status_of(Request request) {
  server::RequestStorage storage;
  return check_request(request, storage);
}

const Field kHost{"Host", "x"};

}  // namespace

TEST_CASE("a request line is a method, one space, a target, one space, a version") {
  Request request;
  CHECK(read_request_line("OPTIONS /a?b HTTP/1.0", request) == 0);
  CHECK((request.method == Method::kOptions));
  CHECK(request.method_text == "OPTIONS");
  CHECK(request.minor_version == 0);
  CHECK(status_of_line("GET / HTTP/1.1") == 0);
  for (const std::string line :
       {"", " ", "  ", "GET", "GET /", "GET / ", "GET  HTTP/1.1", " / HTTP/1.1", " GET / HTTP/1.1",
        "GET / HTTP/1.1 ", "GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / a HTTP/1.1",
        "G\tT / HTTP/1.1", "G\"T / HTTP/1.1", "\xc3\xa4 / HTTP/1.1"}) {
    CAPTURE(line);
    CHECK(status_of_line(line) == 400);
  }
}

TEST_CASE("RFC 9110 9.1: methods that nobody implements here") {
  for (const std::string method :
       {"get", "GETS", "CONNECT", "PRI", "SETUP", "PROPFIND", "UNKNOWN", "!"}) {
    CAPTURE(method);
    CHECK(status_of_line(std::string(method) + " / HTTP/1.1") == 501);
  }
  for (const std::string method :
       {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
    CAPTURE(method);
    CHECK(status_of_line(std::string(method) + " / HTTP/1.1") == 0);
  }
}

TEST_CASE("RFC 9112 2.3: versions") {
  struct Case {
    std::string_view version;
    int status;
  };
  constexpr Case kCases[] = {
      {"HTTP/1.1", 0},    {"HTTP/1.0", 0},    {"HTTP/1.2", 0},   {"HTTP/1.9", 0},
      {"HTTP/0.9", 505},  {"HTTP/2.0", 505},  {"HTTP/3.0", 505}, {"HTTP/9.9", 505},
      {"HTTP/2", 400},    {"HTTP/1", 400},    {"HTTP/1.", 400},  {"HTTP/.1", 400},
      {"HTTP/1.11", 400}, {"HTTP/11.1", 400}, {"http/1.1", 400}, {"Http/1.1", 400},
      {"HTTP/1-1", 400},  {"HTTP/x.1", 400},  {"HTTP/1.x", 400}, {"HTTP 1.1", 400},
      {"HTCP/1.1", 400},  {"RTSP/1.0", 400},  {"HTTP/1.1;", 400}};
  for (const Case& c : kCases) {
    CAPTURE(c.version);
    CHECK(status_of_line("GET / " + std::string(c.version)) == c.status);
  }
}

TEST_CASE("RFC 9112 6.1, 6.3: framing that two servers could read differently") {
  const Field chunked{"Transfer-Encoding", "chunked"};
  const Field length{"Content-Length", "5"};
  CHECK(status_of(request_with({kHost})) == 0);
  CHECK(status_of(request_with({kHost, chunked})) == 0);
  CHECK(status_of(request_with({kHost, length})) == 0);
  CHECK(status_of(request_with({kHost, {"TRANSFER-encoding", "ChunkeD"}})) == 0);
  CHECK(status_of(request_with({kHost, chunked, length})) == 400);
  CHECK(status_of(request_with({kHost, length, chunked})) == 400);
  CHECK(status_of(request_with({kHost, chunked, chunked})) == 400);
  CHECK(status_of(request_with({kHost, length, length})) == 400);
  CHECK(status_of(request_with({kHost, length, {"content-length", "5"}})) == 400);
  CHECK(status_of(request_with({kHost, chunked}, "/", Method::kPost, 0)) == 400);
  CHECK(status_of(request_with({kHost, length}, "/", Method::kPost, 0)) == 0);
  const auto status_of_coding = [](const std::string& coding) {
    return status_of(request_with({kHost, {"Transfer-Encoding", coding}}));
  };
  for (const std::string coding : {"gzip, chunked", "deflate ,\tChunked", "a, b, chunked"}) {
    CAPTURE(coding);
    CHECK(status_of_coding(coding) == 501);
  }
  for (const std::string coding :
       {"", "gzip", "chunked, chunked", "gzip, chunked, chunked", "chunked, gzip", "identity",
        "chunked;", "xchunked", "chunked,", "gzip, \"chunked\""}) {
    CAPTURE(coding);
    CHECK(status_of_coding(coding) == 400);
  }
}

TEST_CASE("RFC 1945 8.3: where HTTP/1.0 expects content, its length is required") {
  for (const Method method : {Method::kPost, Method::kPut, Method::kPatch}) {
    CHECK(status_of(request_with({}, "/", method, 0)) == 411);
    CHECK(status_of(request_with({{"Content-Length", "0"}}, "/", method, 0)) == 0);
    CHECK(status_of(request_with({kHost}, "/", method, 1)) == 0);
  }
  CHECK(status_of(request_with({}, "/", Method::kDelete, 0)) == 0);
}

TEST_CASE("RFC 9110 10.1.1: what a client expects") {
  const auto expectation = [](const std::vector<Field>& fields, int minor_version) {
    return expectation_of(request_with(fields, "/", Method::kPost, minor_version));
  };
  CHECK(expectation({kHost}, 1) == Expectation::kNone);
  CHECK(expectation({{"expect", "100-Continue"}}, 1) == Expectation::kContinue);
  CHECK(expectation({{"Expect", "100-continue"}, {"Expect", "100-continue"}}, 1) ==
        Expectation::kContinue);
  // One line with two members is what two lines with one each are (RFC 9110 5.3).
  CHECK(expectation({{"Expect", ",100-continue, 100-continue ,"}}, 1) == Expectation::kContinue);
  CHECK(expectation({{"Expect", ""}}, 1) == Expectation::kNone);
  CHECK(expectation({{"Expect", " , "}}, 1) == Expectation::kNone);
  CHECK(expectation({{"Expect", "100-continue, x"}}, 1) == Expectation::kUnknown);
  CHECK(expectation({{"Expect", "200-ok"}}, 1) == Expectation::kUnknown);
  CHECK(expectation({{"Expect", "100-continue"}, {"Expect", "x"}}, 1) == Expectation::kUnknown);
  // HTTP/1.0 does not know the field.
  CHECK(expectation({{"Expect", "100-continue"}}, 0) == Expectation::kNone);
  CHECK(expectation({{"Expect", "x"}}, 0) == Expectation::kNone);
}

TEST_CASE("RFC 9112 3.2: exactly one Host, which HTTP/1.0 may leave out") {
  CHECK(status_of(request_with({})) == 400);
  CHECK(status_of(request_with({}, "/", Method::kGet, 0)) == 0);
  CHECK(status_of(request_with({kHost, kHost})) == 400);
  CHECK(status_of(request_with({kHost, kHost}, "/", Method::kGet, 0)) == 400);
  CHECK(status_of(request_with({{"Host", ""}})) == 400);
  CHECK(status_of(request_with({{"Host", "a b"}})) == 400);
  CHECK(status_of(request_with({{"Host", "a b"}}, "http://x/")) == 400);
  CHECK(status_of(request_with({}, "http://x/")) == 400);
}

TEST_CASE("RFC 9110 7.2: the host is the target's, else the field's, without its port") {
  struct Case {
    std::string_view target;
    std::string_view field;
    std::string_view host;
  };
  constexpr Case kCases[] = {
      {"/", "a.example", "a.example"},
      {"/", "a.example:8080", "a.example"},
      {"/", "[::1]:80", "[::1]"},
      {"http://b.example:81/", "a.example", "b.example"},
      {"http://[::2]/", "a.example", "[::2]"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.target);
    CAPTURE(c.field);
    Request request = request_with({{"Host", c.field}}, c.target);
    server::RequestStorage storage;
    REQUIRE(check_request(request, storage) == 0);
    CHECK(request.host == c.host);
  }
}

TEST_CASE("RFC 9112 3.2: which form of target goes with which method") {
  CHECK(status_of(request_with({kHost}, "*", Method::kOptions)) == 0);
  CHECK(status_of(request_with({kHost}, "*", Method::kGet)) == 400);
  CHECK(status_of(request_with({kHost}, "x:80", Method::kGet)) == 400);
  CHECK(status_of(request_with({kHost}, "x:80", Method::kOptions)) == 400);
  CHECK(status_of(request_with({kHost}, "http://x/")) == 0);
  CHECK(status_of(request_with({kHost}, "HTTP://x/")) == 0);
  CHECK(status_of(request_with({kHost}, "https://x/")) == 421);
  CHECK(status_of(request_with({kHost}, "a")) == 400);
  CHECK(status_of(request_with({kHost}, "")) == 400);
  CHECK(status_of(request_with({kHost}, "/a#b")) == 400);
}

TEST_CASE("a Host that breaks the rules is refused as that, whatever the target's scheme") {
  const std::string_view foreign = "https://x/";
  CHECK(status_of(request_with({kHost}, foreign)) == 421);
  CHECK(status_of(request_with({}, foreign)) == 400);
  CHECK(status_of(request_with({kHost, kHost}, foreign)) == 400);
  CHECK(status_of(request_with({{"Host", "a b"}}, foreign)) == 400);
}

TEST_CASE("a Host that was good is good again, and every other is looked at anew") {
  server::RequestStorage storage;
  const auto host_of = [&storage](std::string_view field) {
    Request request = request_with({{"Host", field}});
    const int status = check_request(request, storage);
    return status == 0 ? std::string(request.host) : std::to_string(status);
  };
  const std::string long_name(300, 'a');
  for (int round = 0; round < 2; ++round) {
    CHECK(host_of("a.test:80") == "a.test");
    CHECK(host_of("a.test:80") == "a.test");
    CHECK(host_of("a.test:8") == "a.test");
    CHECK(host_of("b.test") == "b.test");
    CHECK(host_of("a.test:") == "a.test");
    CHECK(host_of("") == "400");
    CHECK(host_of("a.test:x") == "400");
    CHECK(host_of("A.test") == "A.test");
    CHECK(host_of(long_name) == long_name);
    CHECK(host_of(long_name + ":1") == long_name);
  }
}

TEST_CASE("the path is decoded into the caller's storage") {
  Request request = request_with({kHost}, "/a%20b/../c%2Fd?e=%20");
  server::RequestStorage storage;
  REQUIRE(check_request(request, storage) == 0);
  CHECK(request.path == "/c%2Fd");
  CHECK(request.path.data() == storage.path.data());
  CHECK(request.has_encoded_slash);
  CHECK(request.target.query == "e=%20");

  Request asterisk = request_with({kHost}, "*", Method::kOptions);
  REQUIRE(check_request(asterisk, storage) == 0);
  CHECK(asterisk.path == "*");
  CHECK(status_of(request_with({kHost}, "/%00")) == 400);
  CHECK(status_of(request_with({kHost}, "/..")) == 400);
  CHECK(status_of(request_with({kHost}, "http://x/..")) == 400);
}

TEST_CASE("RFC 9112 9.3: what the client asks for") {
  const auto keeps = [](const std::vector<Field>& fields, int minor_version) {
    return wants_keep_alive(request_with(fields, "/", Method::kGet, minor_version));
  };
  CHECK(keeps({}, 1));
  CHECK_FALSE(keeps({}, 0));
  CHECK_FALSE(keeps({{"Connection", "close"}}, 1));
  CHECK_FALSE(keeps({{"connection", "a,Close"}}, 1));
  CHECK_FALSE(keeps({{"Connection", "a"}, {"Connection", "close"}}, 1));
  CHECK(keeps({{"Connection", "closed"}}, 1));
  CHECK(keeps({{"Connection", "Keep-Alive"}}, 0));
  CHECK(keeps({{"Connection", "a"}, {"Connection", "b, keep-alive"}}, 0));
  CHECK_FALSE(keeps({{"Connection", "keep-alive, close"}}, 0));
}
