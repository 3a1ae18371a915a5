// Goal: RFC 9110 14.1 and 14.2 for bytes; no result ever lies outside the representation. Method:
// the RFC's examples, boundaries of positions, of 64 bits and of the number of ranges, broken
// fields, and random fields with a printed seed.
#include "server/http/range.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using server::ByteRange;
using server::coalesce;
using server::kRangesMax;
using server::parse_ranges;
using server::RangeKind;
using server::RangeSet;

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

// Of fields that ask for one range.
struct SingleRange {
  RangeKind kind = RangeKind::kNone;
  ByteRange range{};
};

SingleRange parse_range(std::string_view field, std::uint64_t size) {
  const Parsed parsed = parse_all(field, size);
  CHECK(parsed.set.requested <= 1);
  return {parsed.set.kind, parsed.ranges.empty() ? ByteRange{} : parsed.ranges[0]};
}

std::vector<ByteRange> coalesced(std::vector<ByteRange> ranges) {
  ranges.resize(coalesce(ranges));
  return ranges;
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

TEST_CASE("RFC 9110 14.1.2: several ranges are read as they stand") {
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
  }
}

TEST_CASE("RFC 9110 14.1.1: a set is satisfiable when one of its ranges is, invalid when one is") {
  const Parsed some = parse_all("bytes=20000-, 5-5, -0");
  CHECK(some.set.kind == RangeKind::kSatisfiable);
  CHECK(some.set.requested == 3);
  CHECK(some.ranges == std::vector<ByteRange>{{5, 1}});

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
  }
}

TEST_CASE(
    "RFC 9110 15.3.7.2: ranges that overlap or touch become one, where the first of them was") {
  struct Case {
    std::vector<ByteRange> ranges;
    std::vector<ByteRange> expected;
  };
  const Case cases[] = {
      {{}, {}},
      {{{3, 2}}, {{3, 2}}},
      {{{0, 2}, {3, 1}}, {{0, 2}, {3, 1}}},                      // one byte between
      {{{0, 2}, {2, 1}}, {{0, 3}}},                              // touch
      {{{2, 1}, {0, 2}}, {{0, 3}}},                              // in descending order
      {{{0, 5}, {3, 4}}, {{0, 7}}},                              // overlap
      {{{0, 9}, {3, 4}}, {{0, 9}}},                              // one inside the other
      {{{3, 4}, {0, 9}}, {{0, 9}}},                              //
      {{{5, 1}, {5, 1}, {5, 1}}, {{5, 1}}},                      // the same
      {{{50, 5}, {0, 5}, {20, 5}}, {{50, 5}, {0, 5}, {20, 5}}},  // the order of the field
      {{{50, 5}, {0, 5}, {54, 9}}, {{50, 13}, {0, 5}}},
      {{{0, 2}, {4, 2}, {2, 2}}, {{0, 6}}},  // a bridge
      {{{9, 1}, {0, 2}, {20, 1}, {4, 2}, {1, 4}}, {{9, 1}, {0, 6}, {20, 1}}},
      {{{0, 1}, {2, 1}, {4, 1}, {0, 10}, {11, 1}}, {{0, 10}, {11, 1}}},
      {{{0, UINT64_MAX}, {UINT64_MAX - 1, 1}}, {{0, UINT64_MAX}}},
      {{{UINT64_MAX - 1, 1}, {0, 1}}, {{UINT64_MAX - 1, 1}, {0, 1}}},
  };
  for (const Case& c : cases) {
    CAPTURE(&c - cases);
    CHECK(coalesced(c.ranges) == c.expected);
  }
}

TEST_CASE("random sets: coalesced, they hold the same bytes and are apart") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::size_t kBytes = 64;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<ByteRange> ranges(random() % (kRangesMax + 1));
    std::array<int, kBytes> wanted{};
    for (ByteRange& range : ranges) {
      range.first = random() % kBytes;
      range.length = 1 + random() % std::min<std::uint64_t>(kBytes - range.first, 10);
      for (std::uint64_t byte = 0; byte < range.length; ++byte) wanted[range.first + byte] = 1;
    }
    std::array<int, kBytes> held{};
    std::array<int, kBytes + 1> begins{};
    const std::vector<ByteRange> joined = coalesced(ranges);
    for (const ByteRange& range : joined) {
      for (std::uint64_t byte = 0; byte < range.length; ++byte) ++held[range.first + byte];
      begins[range.first] = 1;
    }
    REQUIRE(held == wanted);  // each byte once
    for (const ByteRange& range : joined) REQUIRE(begins[range.first + range.length] == 0);
  }
}
