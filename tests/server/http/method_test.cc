// Goal: the nine methods, told apart exactly. Method: round trip, and near misses of each.
#include "server/http/method.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using server::Method;
using server::parse_method;
using server::to_string;

TEST_CASE("RFC 9110 9.3: methods and their names") {
  struct Case {
    std::string_view name;
    Method method;
  };
  constexpr Case kCases[] = {
      {"GET", Method::kGet},         {"HEAD", Method::kHead},     {"POST", Method::kPost},
      {"PUT", Method::kPut},         {"DELETE", Method::kDelete}, {"CONNECT", Method::kConnect},
      {"OPTIONS", Method::kOptions}, {"TRACE", Method::kTrace},   {"PATCH", Method::kPatch},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    CHECK(parse_method(c.name) == c.method);
    CHECK(to_string(c.method) == c.name);
    std::string lower(c.name);
    for (char& letter : lower) letter = static_cast<char>(letter + ('a' - 'A'));
    CHECK(parse_method(lower) == Method::kUnknown);
    CHECK(parse_method(std::string(c.name) + "S") == Method::kUnknown);
    CHECK(parse_method(c.name.substr(0, c.name.size() - 1)) == Method::kUnknown);
    CHECK(parse_method(" " + std::string(c.name)) == Method::kUnknown);
  }
}

TEST_CASE("any other token is a value too") {
  for (const std::string_view token : {"", "PROPFIND", "Get", "UNKNOWN", "*", "PRI"}) {
    CAPTURE(token);
    CHECK(parse_method(token) == Method::kUnknown);
  }
  CHECK(parse_method(std::string_view("GET\0", 4)) == Method::kUnknown);
  CHECK(to_string(Method::kUnknown) == "UNKNOWN");
}
