// Goal: names that a file of users cannot hold or no browser can send are refused, at the place of
// the mistake. Method: tables, and the limit at its edge.

#include "server/auth/user_name.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using server::check_user_name;

struct Refused {
  std::string name;
  std::size_t offset;
  std::string message;  // a part
};

}  // namespace

TEST_CASE("names that are right") {
  for (const std::string name : {"a", "Ada Lovelace", "zoé", "ada@example.org", "山田", "a#b",
                                 "a\"b", "$2y$", "-x", "\xF0\x9F\x98\x80"}) {
    CAPTURE(name);
    CHECK(check_user_name(name) == std::nullopt);
  }
  CHECK(check_user_name(std::string(server::kUserBytesMax, 'a')) == std::nullopt);
}

TEST_CASE("names that are wrong, and where") {
  const std::vector<Refused> examples{
      {"", 0, "is empty"},
      {std::string(server::kUserBytesMax + 1, 'a'), 0, "256 bytes, 255 are the most"},
      {"a:b", 1, "a colon"},
      {" a", 0, "begins with a blank"},
      {"\ta", 0, "begins with a blank"},
      {"ab ", 2, "ends with a blank"},
      {"#a", 0, "begins with #"},
      {"a\tb", 1, "control character"},
      {std::string("a\0b", 3), 1, "control character"},
      {"ab\x7F", 2, "control character"},
      {"\xC2\x85x", 0, "control character"},
      {"a\xE2\x80\xAE", 1, "nobody sees"},
      {"a\xE4", 1, "not UTF-8"},
      {"\xC3", 0, "not UTF-8"},
  };
  for (const Refused& example : examples) {
    CAPTURE(example.name);
    const auto mistake = check_user_name(example.name);
    REQUIRE(mistake);
    CHECK(mistake->offset == example.offset);
    CHECK(mistake->message.find(example.message) != std::string::npos);
  }
}
