// The Range field, for bytes. Pure functions, any thread, no allocation. They say nothing about
// whether ranges apply at all: RFC 9110 14.2 defines them for GET only, and If-Range and the other
// preconditions come first (conditional.h). A field we cannot use is kNone, and the whole
// representation is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace server {

// RFC 9110 14.2 and 17.15: a request for more ranges than this is taken as an attack, and ignored.
inline constexpr std::size_t kRangesMax = 16;

// Never empty, and always inside the representation: first + length <= its size.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;

  bool operator==(const ByteRange&) const = default;
};

enum class RangeKind {
  kNone,           // ignore the field: 200
  kUnsatisfiable,  // 416 with Content-Range: bytes */size
  kSatisfiable     // 206
};

struct RangeSet {
  RangeKind kind = RangeKind::kNone;
  std::size_t requested = 0;    // range-specs in the field
  std::size_t satisfiable = 0;  // of them, written to the caller's array, in the order of the field
};

// RFC 9110 14.1.2, 14.2: the ranges that `field` asks of a representation of `size` bytes; more
// than kRangesMax are kNone. Ranges that overlap or come in descending order are left as they are.
// One invalid range-spec makes the whole field kNone (14.1.1). Positions too large for 64 bits
// count as the largest that fits. An empty representation has no range that Content-Range could
// express (14.4), so its only satisfiable form, a suffix, is kNone.
[[nodiscard]] RangeSet parse_ranges(std::string_view field, std::uint64_t size,
                                    std::span<ByteRange, kRangesMax> ranges);

// RFC 9110 15.3.7.2: joins ranges that overlap or touch, in place, each at the place of the first
// of them; returns how many are left at the front. What is left is disjoint, so no answer carries a
// byte twice, however often it was asked for.
[[nodiscard]] std::size_t coalesce(std::span<ByteRange> ranges);

}  // namespace server
