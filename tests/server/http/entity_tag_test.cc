// Goal: tags of ours are well-formed and tell versions apart; tags of clients are found and
// compared as RFC 9110 8.8.3 says. Method: the RFC's tables, hand-computed renderings, and broken
// lists.
#include "server/http/entity_tag.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using server::entity_tag_size;
using server::EntityTag;
using server::etag_list_matches;
using server::EtagComparison;
using server::etags_equal;
using server::render_etag;

TEST_CASE("a rendered tag is nanoseconds and size in hexadecimal") {
  struct Case {
    std::int64_t seconds;
    std::int64_t nanoseconds;
    std::uint64_t size;
    bool weak;
    std::string_view text;
  };
  constexpr Case kCases[] = {
      {0, 0, 0, false, R"("0-0")"},
      {0, 255, 4096, false, R"("ff-1000")"},
      {1, 0, 10, false, R"("3b9aca00-a")"},  // 10^9 is 0x3b9aca00
      {1, 0, 10, true, R"(W/"3b9aca00-a")"},
      {-1, 999'999'999, 1, false, R"("ffffffffffffffff-1")"},  // one nanosecond before 1970
      {-1, 999'999'999, UINT64_MAX, true, R"(W/"ffffffffffffffff-ffffffffffffffff")"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.text);
    const EntityTag tag = render_etag(c.seconds, c.nanoseconds, c.size, c.weak);
    CHECK(tag.view() == c.text);
    CHECK(entity_tag_size(tag.view()) == tag.view().size());
  }
  CHECK(kCases[5].text.size() + 1 + EntityTag::kSuffixMax == EntityTag::kSizeMax);
}

TEST_CASE("times of any file system are rendered, and versions differ") {
  for (const std::int64_t seconds : {INT64_MIN, INT64_MAX, std::int64_t{253'402'300'799}}) {
    const EntityTag tag = render_etag(seconds, 999'999'999, UINT64_MAX, true);
    CHECK(entity_tag_size(tag.view()) == tag.view().size());
  }
  CHECK(render_etag(0, 1, 2, false, "zstd").view() == "\"1-2-zstd\"");
  CHECK(render_etag(0, 1, 2, true, "br").view() == "W/\"1-2-br\"");
  CHECK(render_etag(-1, 0, UINT64_MAX, true, "zstd").view().size() == EntityTag::kSizeMax);
  const EntityTag tag = render_etag(1'700'000'000, 5, 100, false);
  CHECK(tag.view() != render_etag(1'700'000'000, 6, 100, false).view());
  CHECK(tag.view() != render_etag(1'700'000'001, 5, 100, false).view());
  CHECK(tag.view() != render_etag(1'700'000'000, 5, 101, false).view());
  const EntityTag copy = tag;
  CHECK(copy.view() == tag.view());
}

TEST_CASE("RFC 9110 8.8.3: where an entity tag ends") {
  struct Case {
    std::string_view text;
    std::size_t size;
  };
  constexpr Case kCases[] = {
      {R"("xyzzy")", 7},
      {R"(W/"xyzzy")", 9},
      {R"("")", 2},
      {R"(W/"")", 4},
      {R"("a,b", "c")", 5},  // a comma is an etagc
      {R"("!#~")", 5},
      {"\"\x80\xff\"", 4},  // obs-text
      {R"("a\"b")", 4},     // no escapes: the backslash is an etagc, the quote ends
      {"", 0},
      {"xyzzy", 0},
      {R"("xyzzy)", 0},
      {R"(xyzzy")", 0},
      {"\"", 0},
      {"W/", 0},
      {"W", 0},
      {R"(w/"xyzzy")", 0},  // 8.8.3: weak is case-sensitive
      {R"(W "xyzzy")", 0},
      {R"(W/ "xyzzy")", 0},
      {R"("a b")", 0},
      {"\"a\tb\"", 0},
      {"\"a\x7f\"", 0},
      {R"( "a")", 0},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.text);
    CHECK(entity_tag_size(c.text) == c.size);
  }
}

TEST_CASE("RFC 9110 8.8.3.2: the table of comparisons") {
  struct Case {
    std::string_view left;
    std::string_view right;
    bool strong;
    bool weak;
  };
  constexpr Case kCases[] = {
      {R"(W/"1")", R"(W/"1")", false, true}, {R"(W/"1")", R"(W/"2")", false, false},
      {R"(W/"1")", R"("1")", false, true},   {R"("1")", R"("1")", true, true},
      {R"("a")", R"("A")", false, false},    {"", "", false, false},
      {R"("")", "", false, false},           {R"("")", R"("")", true, true},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.left);
    CAPTURE(c.right);
    CHECK(etags_equal(c.left, c.right, EtagComparison::kStrong) == c.strong);
    CHECK(etags_equal(c.right, c.left, EtagComparison::kStrong) == c.strong);
    CHECK(etags_equal(c.left, c.right, EtagComparison::kWeak) == c.weak);
    CHECK(etags_equal(c.right, c.left, EtagComparison::kWeak) == c.weak);
  }
}

TEST_CASE("RFC 9110 13.1.1, 13.1.2: lists that name the current tag") {
  constexpr std::string_view kMatching[] = {R"("xyzzy")",
                                            R"("xyzzy", "r2d2xxxx", "c3piozzzz")",
                                            R"("r2d2xxxx","xyzzy")",
                                            "\"r2d2xxxx\" \t,\t \"xyzzy\"",
                                            R"(  "xyzzy"  )",
                                            R"(, ,"r2d2xxxx",,, "xyzzy",)",
                                            R"(W/"xyzzy", "xyzzy")",
                                            R"("a,b", "xyzzy")",
                                            "*",
                                            " * "};
  for (const std::string_view field : kMatching) {
    CAPTURE(field);
    CHECK(etag_list_matches(field, R"("xyzzy")", EtagComparison::kStrong));
    CHECK(etag_list_matches(field, R"("xyzzy")", EtagComparison::kWeak));
  }
  CHECK_FALSE(etag_list_matches(R"(W/"xyzzy")", R"("xyzzy")", EtagComparison::kStrong));
  CHECK(etag_list_matches(R"(W/"xyzzy")", R"("xyzzy")", EtagComparison::kWeak));
  CHECK_FALSE(etag_list_matches(R"("xyzzy")", R"(W/"xyzzy")", EtagComparison::kStrong));
  CHECK(etag_list_matches(R"("xyzzy")", R"(W/"xyzzy")", EtagComparison::kWeak));
}

TEST_CASE("lists that name another tag, and malformed ones, match nothing") {
  constexpr std::string_view kOther[] = {"",
                                         " ",
                                         ",",
                                         R"("r2d2xxxx")",
                                         R"("xyzz")",
                                         R"("xyzzy2")",
                                         R"("r2d2,"xyzzy")",
                                         "xyzzy",
                                         R"("xyzzy)",
                                         R"(xyzzy")",
                                         R"("xyzzy" "xyzzy")",
                                         R"("xyzzy""xyzzy")",
                                         R"("xyzzy", garbage)",
                                         R"(garbage, "xyzzy")",
                                         R"("xyzzy";)",
                                         R"("xyzzy", *)",
                                         R"(*, "xyzzy")",
                                         "**",
                                         R"('xyzzy')",
                                         R"(w/"xyzzy")"};
  for (const std::string_view field : kOther) {
    CAPTURE(field);
    CHECK_FALSE(etag_list_matches(field, R"("xyzzy")", EtagComparison::kWeak));
  }
}

TEST_CASE("a representation without a tag is matched by * only") {
  CHECK(etag_list_matches("*", "", EtagComparison::kStrong));
  CHECK_FALSE(etag_list_matches(R"("")", "", EtagComparison::kWeak));
  CHECK_FALSE(etag_list_matches("", "", EtagComparison::kWeak));
}

TEST_CASE("a list of any length costs one pass") {
  std::string field;
  for (int i = 0; i < 2'000; ++i) field += "\"a\",";
  CHECK_FALSE(etag_list_matches(field, R"("b")", EtagComparison::kWeak));
  CHECK(etag_list_matches(field + R"("b")", R"("b")", EtagComparison::kWeak));
}
