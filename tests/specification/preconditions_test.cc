// Goal: the specification's preconditions and ranges are RFC 9110 13's and 14's. Method: their
// examples, one row for each rule.
#include "tests/specification/preconditions.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/specification/byte_ranges.h"

using namespace specification;

namespace {

const std::string kDate = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::int64_t kSeconds = 784111777;
constexpr std::int64_t kNow = kSeconds + 100;
const Selected kSelected{"\"a\"", kSeconds};

int get(const Conditions& conditions) {
  return precondition_status(conditions, kSelected, "GET", kNow);
}

// "0+5 9+1 -": first and count of each, "-" for none; "ignored".
std::string ranges(std::string_view field, std::size_t size) {
  const Selection selection = select_bytes(field, size, 3);
  if (selection.ignored) return "ignored";
  std::string text;
  for (const SelectedBytes& one : selection.ranges) {
    text += text.empty() ? "" : " ";
    text += one.count == 0 ? "-" : std::to_string(one.first) + "+" + std::to_string(one.count);
  }
  return text;
}

}  // namespace

TEST_CASE("RFC 9110 8.8.3: entity tags") {
  for (const char* good : {"\"\"", "\"xyzzy\"", "W/\"xyzzy\"", "\"a,b\"", "\"\xff\""}) {
    CHECK(is_tag(good));
  }
  for (const char* bad : {"", "a", "\"", "w/\"a\"", "\"a b\"", "\"a\"b", "W/", "W/ \"a\""}) {
    CHECK(!is_tag(bad));
  }
}

TEST_CASE("RFC 9110 13.2.2: the steps") {
  CHECK(get({}) == 0);
  CHECK(get({.if_match = "\"b\", \"a\""}) == 0);
  CHECK(get({.if_match = "W/\"a\""}) == 412);
  CHECK(get({.if_match = "*", .if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT"}) == 0);
  CHECK(get({.if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT"}) == 412);
  CHECK(get({.if_unmodified_since = "yesterday"}) == 0);
  CHECK(get({.if_none_match = "W/\"a\""}) == 304);
  CHECK(get({.if_none_match = "\"a\" x"}) == 0);
  CHECK(get({.if_none_match = "\"b\"", .if_modified_since = kDate}) == 0);
  CHECK(get({.if_modified_since = kDate}) == 304);
  CHECK(precondition_status({.if_none_match = "*"}, kSelected, "PUT", kNow) == 412);
  CHECK(precondition_status({.if_modified_since = kDate}, kSelected, "PUT", kNow) == 0);
  CHECK(precondition_status({.if_match = "\"b\""}, kSelected, "OPTIONS", kNow) == 0);
}

TEST_CASE("RFC 9110 13.1.5: If-Range") {
  CHECK(range_counts({.if_range = "\"a\""}, kSelected, kNow));
  CHECK(!range_counts({.if_range = "W/\"a\""}, {"W/\"a\"", kSeconds}, kNow));
  CHECK(range_counts({.if_range = kDate}, kSelected, kNow));
  CHECK(!range_counts({.if_range = kDate}, kSelected, kSeconds));
}

TEST_CASE("RFC 9110 14.1.2: the examples") {
  CHECK(ranges("bytes=0-499", 10000) == "0+500");
  CHECK(ranges("bytes=-500", 10000) == "9500+500");
  CHECK(ranges("bytes=9500-", 10000) == "9500+500");
  CHECK(ranges("bytes=0-0,-1", 10000) == "0+1 9999+1");
  CHECK(ranges("Bytes= 0-999, ,4500-5499\t,", 10000) == "0+1000 4500+1000");
  CHECK(ranges("bytes=10-,-0", 10) == "- -");
  CHECK(ranges("bytes=0-99999999999999999999999", 10) == "0+10");
  for (const char* ignored :
       {"", "bytes", "bytes=", "bytes=5-4", "bytes=a-", "bytes=-", "lines=0-1", "bytes=0-1-2",
        "bytes=0-1,x", "bytes=0-,0-,0-,0-", "bytes =0-1"}) {
    CHECK(ranges(ignored, 10) == "ignored");
  }
  CHECK(ranges("bytes=-1", 0) == "ignored");
  CHECK(ranges("bytes=0-", 0) == "-");
}
