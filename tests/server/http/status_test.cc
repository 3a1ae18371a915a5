// Goal: the phrases of RFC 9110 15 and of the registry, and which responses end with their header.
// Method: a sample of every class with its boundaries, and a sweep over all numbers a parser may
// pass.
#include "server/http/status.h"

#include <doctest/doctest.h>

#include <limits>
#include <string_view>

using server::body_forbidden;
using server::reason_phrase;

TEST_CASE("RFC 9110 15: registered codes have their phrase") {
  struct Case {
    int status;
    std::string_view phrase;
  };
  constexpr Case kCases[] = {
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {425, "Too Early"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {451, "Unavailable For Legal Reasons"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {511, "Network Authentication Required"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.status);
    CHECK(reason_phrase(c.status) == c.phrase);
  }
}

TEST_CASE("any other number is Unknown") {
  for (const int status : {0, -1, 99, 104, 209, 306, 309, 399, 418, 430, 452, 499, 512, 599, 600,
                           999, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()}) {
    CAPTURE(status);
    CHECK(reason_phrase(status) == "Unknown");
  }
}

TEST_CASE("a phrase can stand in a status line whatever the number") {
  for (int status = 0; status < 1000; ++status) {
    const std::string_view phrase = reason_phrase(status);
    CHECK_FALSE(phrase.empty());
    for (const char c : phrase) CHECK((c == ' ' || (c > 0x20 && c < 0x7f)));
  }
}

TEST_CASE("RFC 9110 6.4.1: 1xx, 204 and 304 have no body, and only they") {
  for (int status = 0; status < 1000; ++status) {
    CAPTURE(status);
    CHECK(body_forbidden(status) == (status / 100 == 1 || status == 204 || status == 304));
  }
}
