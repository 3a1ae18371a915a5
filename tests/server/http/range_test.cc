// Goal: RFC 9110 14.1 and 14.2 for bytes; no result ever lies outside the representation. Method:
// the RFC's examples, boundaries of positions, of 64 bits and of the number of ranges, broken
// fields, and random fields with a printed seed.
#include "server/http/range.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using server::ByteRange;
using server::kRangesMax;
using server::parse_range;
using server::parse_ranges;
using server::RangeKind;
using server::RangeSet;
using server::SingleRange;

namespace {

constexpr std::uint64_t kSize = 10'000;  // as in RFC 9110 14.1.2

struct Parsed {
  RangeSet set;
  std::vector<ByteRange> ranges;
};

Parsed parse_all(std::string_view field, std::uint64_t size = kSize) {
  std::array<ByteRange, kRangesMax> ranges;
  const RangeSet set = parse_ranges(field, size, ranges);
  return {set, {ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(set.satisfiable)}};
}

std::string repeated(std::size_t count) {
  std::string field = "bytes=";
  for (std::size_t i = 0; i < count; ++i) field += "0-0,";
  return field;
}

}  // namespace

TEST_CASE("RFC 9110 14.1.2: one range") {
  struct Case {
    std::string_view field;
    ByteRange range;
  };
  constexpr Case kCases[] = {
      {"bytes=0-499", {0, 500}},       {"bytes=500-999", {500, 500}},
      {"bytes=-500", {9'500, 500}},    {"bytes=9500-", {9'500, 500}},
      {"bytes=0-0", {0, 1}},           {"bytes=-1", {9'999, 1}},
      {"bytes=9999-9999", {9'999, 1}}, {"bytes=0-", {0, kSize}},
      {"bytes=0-9998", {0, 9'999}},    {"bytes=0-9999", {0, kSize}},
      {"bytes=0-10000", {0, kSize}},   {"bytes=9999-10000", {9'999, 1}},
      {"bytes=-9999", {1, 9'999}},     {"bytes=-10000", {0, kSize}},
      {"bytes=-10001", {0, kSize}},    {"bytes=000000000000000000000000500-0999", {500, 500}},
      {"bytes= 0-499", {0, 500}},      {"bytes=\t0-499 ", {0, 500}},
      {"bytes=,,0-499 , ,", {0, 500}}, {"Bytes=0-499", {0, 500}},
      {"BYTES=0-499", {0, 500}},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.field);
    const SingleRange result = parse_range(c.field, kSize);
    CHECK(result.kind == RangeKind::kSatisfiable);
    CHECK(result.range == c.range);
  }
}

TEST_CASE("RFC 9110 14.1.1, 14.2: a field that is wrong, or of another unit, is ignored") {
  constexpr std::string_view kCases[] = {"",
                                         "bytes",
                                         "bytes=",
                                         "bytes= ",
                                         "bytes=,",
                                         "bytes=-",
                                         "bytes=--1",
                                         "bytes=1",
                                         "bytes=a-b",
                                         "bytes=0-b",
                                         "bytes=a-0",
                                         "bytes=0x0-0x1",
                                         "bytes=+0-1",
                                         "bytes=0-+1",
                                         "bytes=0 -1",
                                         "bytes=0- 1",
                                         "bytes=0-1-2",
                                         "bytes=0-1 2-3",
                                         "bytes=0-1;2-3",
                                         "bytes=0.5-1",
                                         "bytes=1-0",
                                         "bytes=500-499",
                                         "bytes=20000-19999",
                                         "bytes =0-1",
                                         " bytes=0-1",
                                         "bytes:0-1",
                                         "bytes\0350-1",
                                         "byte=0-1",
                                         "bytess=0-1",
                                         "items=0-1",
                                         "seconds=0-1",
                                         "=0-1",
                                         "0-1"};
  for (const std::string_view field : kCases) {
    CAPTURE(field);
    CHECK(parse_range(field, kSize).kind == RangeKind::kNone);
    CHECK(parse_all(field).set.kind == RangeKind::kNone);
  }
  CHECK(parse_range(std::string_view("bytes=0-1\0", 10), kSize).kind == RangeKind::kNone);
}

TEST_CASE("RFC 9110 14.1.2: a range outside the representation is unsatisfiable") {
  for (const std::string_view field :
       {"bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=-000", "bytes=20000-30000"}) {
    CAPTURE(field);
    CHECK(parse_range(field, kSize).kind == RangeKind::kUnsatisfiable);
  }
}

TEST_CASE("RFC 9110 14.1.2: an empty representation") {
  for (const std::string_view field : {"bytes=0-", "bytes=0-0", "bytes=1-", "bytes=-0"}) {
    CAPTURE(field);
    CHECK(parse_range(field, 0).kind == RangeKind::kUnsatisfiable);
  }
  // Satisfiable, but Content-Range has no words for no bytes: the whole of nothing, with 200.
  CHECK(parse_range("bytes=-1", 0).kind == RangeKind::kNone);
  CHECK(parse_range("bytes=-99999999999999999999999", 0).kind == RangeKind::kNone);
  CHECK(parse_all("bytes=0-0,-1", 0).set.kind == RangeKind::kNone);
}

TEST_CASE("RFC 9110 14.1.2: large numerals do not wrap") {
  constexpr std::uint64_t kMax = UINT64_MAX;
  struct Case {
    std::string_view field;
    std::uint64_t size;
    RangeKind kind;
    ByteRange range;
  };
  constexpr Case kCases[] = {
      {"bytes=0-18446744073709551615", kSize, RangeKind::kSatisfiable, {0, kSize}},
      {"bytes=0-18446744073709551616", kSize, RangeKind::kSatisfiable, {0, kSize}},
      {"bytes=1-99999999999999999999999999999999", kSize, RangeKind::kSatisfiable, {1, kSize - 1}},
      {"bytes=-18446744073709551616", kSize, RangeKind::kSatisfiable, {0, kSize}},
      {"bytes=-18446744073709551617", kSize, RangeKind::kSatisfiable, {0, kSize}},
      {"bytes=18446744073709551616-", kSize, RangeKind::kUnsatisfiable, {}},
      {"bytes=18446744073709551617-18446744073709551618", kSize, RangeKind::kUnsatisfiable, {}},
      {"bytes=18446744073709551616-5", kSize, RangeKind::kNone, {}},
      {"bytes=0-", kMax, RangeKind::kSatisfiable, {0, kMax}},
      {"bytes=0-18446744073709551615", kMax, RangeKind::kSatisfiable, {0, kMax}},
      {"bytes=18446744073709551614-", kMax, RangeKind::kSatisfiable, {kMax - 1, 1}},
      {"bytes=18446744073709551615-", kMax, RangeKind::kUnsatisfiable, {}},
      {"bytes=-18446744073709551615", kMax, RangeKind::kSatisfiable, {0, kMax}},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.field);
    const SingleRange result = parse_range(c.field, c.size);
    CHECK(result.kind == c.kind);
    if (c.kind == RangeKind::kSatisfiable) CHECK(result.range == c.range);
  }
}

TEST_CASE("RFC 9110 14.1.2: several ranges are read, and for now ignored") {
  struct Case {
    std::string_view field;
    std::vector<ByteRange> ranges;
  };
  const Case cases[] = {
      {"bytes=0-0,-1", {{0, 1}, {9'999, 1}}},
      {"bytes= 0-999, 4500-5499, -1000", {{0, 1'000}, {4'500, 1'000}, {9'000, 1'000}}},
      {"bytes=500-600,601-999", {{500, 101}, {601, 399}}},
      {"bytes=500-700,601-999", {{500, 201}, {601, 399}}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.field);
    const Parsed parsed = parse_all(c.field);
    CHECK(parsed.set.kind == RangeKind::kSatisfiable);
    CHECK(parsed.set.requested == c.ranges.size());
    CHECK(parsed.ranges == c.ranges);
    CHECK(parse_range(c.field, kSize).kind == RangeKind::kNone);
  }
}

TEST_CASE("RFC 9110 14.1.1: a set is satisfiable when one of its ranges is, invalid when one is") {
  const Parsed some = parse_all("bytes=20000-, 5-5, -0");
  CHECK(some.set.kind == RangeKind::kSatisfiable);
  CHECK(some.set.requested == 3);
  CHECK(some.ranges == std::vector<ByteRange>{{5, 1}});
  CHECK(parse_range("bytes=20000-, 5-5, -0", kSize).kind == RangeKind::kNone);

  const Parsed none = parse_all("bytes=20000-,-0");
  CHECK(none.set.kind == RangeKind::kUnsatisfiable);
  CHECK(none.set.requested == 2);

  CHECK(parse_all("bytes=0-0,1-0").set.kind == RangeKind::kNone);
  CHECK(parse_all("bytes=0-0,x").set.kind == RangeKind::kNone);
}

TEST_CASE("the number of ranges has a limit") {
  const Parsed most = parse_all(repeated(kRangesMax));
  CHECK(most.set.kind == RangeKind::kSatisfiable);
  CHECK(most.set.satisfiable == kRangesMax);
  CHECK(parse_all(repeated(kRangesMax + 1)).set.kind == RangeKind::kNone);
  // Unsatisfiable ones count too, empty elements do not.
  CHECK(parse_all(repeated(kRangesMax) + "20000-").set.kind == RangeKind::kNone);
  CHECK(parse_all(repeated(kRangesMax) + ",,,,").set.satisfiable == kRangesMax);
}

TEST_CASE("random fields: every range lies inside the representation") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view kPieces[] = {"0", "1",  "5", "9", "10", "18446744073709551615",
                                          "-", "-",  "-", ",", " ",  "99999999999999999999",
                                          "3", "42", "-", "-", "x"};
  for (int i = 0; i < 20'000; ++i) {
    std::string field = "bytes=";
    for (std::uint64_t left = random() % 12; left > 0; --left) {
      const std::uint64_t last = random() % 20 == 0 ? std::size(kPieces) : std::size(kPieces) - 1;
      field += kPieces[random() % last];
    }
    const std::uint64_t size = i % 10 == 0 ? UINT64_MAX - random() % 2 : random() % 12;
    CAPTURE(field);
    CAPTURE(size);
    const Parsed parsed = parse_all(field, size);
    REQUIRE(parsed.set.satisfiable <= parsed.set.requested);
    REQUIRE((parsed.set.kind == RangeKind::kSatisfiable) == (parsed.set.satisfiable > 0));
    for (const ByteRange& range : parsed.ranges) {
      REQUIRE(range.length > 0);
      REQUIRE(range.first < size);
      REQUIRE(range.length <= size - range.first);
    }
    const SingleRange single = parse_range(field, size);
    if (parsed.set.requested == 1 && parsed.set.kind == RangeKind::kSatisfiable) {
      REQUIRE(single.range == parsed.ranges[0]);
    } else if (parsed.set.requested != 1) {
      REQUIRE(single.kind == RangeKind::kNone);
    }
  }
}
