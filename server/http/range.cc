#include "server/http/range.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "core/base/invariant.h"
#include "core/base/letter_case.h"

namespace server {
namespace {

constexpr std::uint64_t kPositionMax = std::numeric_limits<std::uint64_t>::max();

// RFC 9110 14.1.1: first-pos "-" [ last-pos ], or "-" suffix-length
struct RangeSpec {
  bool suffix = false;
  std::uint64_t first = 0;
  std::uint64_t last = kPositionMax;  // of a suffix: its length
};

std::string_view trim_ows(std::string_view text) {
  constexpr std::string_view kOws = " \t";
  const std::size_t begin = text.find_first_not_of(kOws);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kOws) + 1 - begin);
}

// 1*DIGIT; saturates.
std::optional<std::uint64_t> parse_position(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kPositionMax - digit) / 10 ? kPositionMax : value * 10 + digit;
  }
  return value;
}

std::optional<RangeSpec> parse_spec(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint64_t> first = parse_position(text.substr(0, dash));
  const std::optional<std::uint64_t> last = parse_position(text.substr(dash + 1));
  if (dash > 0 && !first) return std::nullopt;
  if (dash + 1 < text.size() && !last) return std::nullopt;
  if (!first && !last) return std::nullopt;  // a dash alone

  const RangeSpec spec{!first, first.value_or(0), last.value_or(kPositionMax)};
  if (spec.first > spec.last) return std::nullopt;  // 14.1.1: invalid
  return spec;
}

// RFC 9110 14.1.2; nullopt when the spec does not touch the representation, whose size is not zero.
std::optional<ByteRange> resolve(const RangeSpec& spec, std::uint64_t size) {
  if (spec.suffix) {
    const std::uint64_t length = std::min(spec.last, size);
    if (length == 0) return std::nullopt;
    return ByteRange{size - length, length};
  }
  if (spec.first >= size) return std::nullopt;
  return ByteRange{spec.first, std::min(spec.last, size - 1) - spec.first + 1};
}

// The range-set behind "bytes="; RFC 9110 14.1: the name of a unit is case-insensitive.
std::optional<std::string_view> bytes_range_set(std::string_view field) {
  constexpr std::string_view kPrefix = "bytes=";
  const auto matches = [](char c, char lower) { return core::to_lower(c) == lower; };
  if (!std::ranges::equal(field.substr(0, kPrefix.size()), kPrefix, matches)) return std::nullopt;
  return field.substr(kPrefix.size());
}

std::string_view take_element(std::string_view& rest) {
  const std::size_t comma = std::min(rest.find(','), rest.size());
  const std::string_view element = trim_ows(rest.substr(0, comma));
  rest.remove_prefix(std::min(comma + 1, rest.size()));
  return element;
}

// Neither wraps: a range lies inside its representation.
bool meet(const ByteRange& left, const ByteRange& right) {
  return left.first <= right.first + right.length && right.first <= left.first + left.length;
}

ByteRange join(const ByteRange& left, const ByteRange& right) {
  const std::uint64_t first = std::min(left.first, right.first);
  const std::uint64_t end = std::max(left.first + left.length, right.first + right.length);
  return {first, end - first};
}

}  // namespace

RangeSet parse_ranges(std::string_view field, std::uint64_t size,
                      std::span<ByteRange, kRangesMax> ranges) {
  const std::optional<std::string_view> range_set = bytes_range_set(field);
  if (!range_set) return {};
  RangeSet set;
  bool empty_suffix = false;
  for (std::string_view rest = *range_set; !rest.empty();) {
    const std::string_view element = take_element(rest);
    if (element.empty()) continue;  // RFC 9110 5.6.1.2: a recipient skips empty elements
    const std::optional<RangeSpec> spec = parse_spec(element);
    if (!spec || set.requested == kRangesMax) return {};
    ++set.requested;
    empty_suffix = empty_suffix || (size == 0 && spec->suffix && spec->last > 0);
    const std::optional<ByteRange> range = resolve(*spec, size);
    if (range) ranges[set.satisfiable++] = *range;
  }
  INVARIANT(set.satisfiable <= set.requested);
  if (set.requested == 0 || empty_suffix) return {};
  set.kind = set.satisfiable > 0 ? RangeKind::kSatisfiable : RangeKind::kUnsatisfiable;
  return set;
}

std::size_t coalesce(std::span<ByteRange> ranges) {
  std::size_t count = 0;
  for (ByteRange range : ranges) {
    // One pass will do: what is kept is disjoint, so a join reaches only what one of its two met.
    std::size_t place = count;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!meet(ranges[i], range)) {
        ranges[kept++] = ranges[i];
        continue;
      }
      range = join(ranges[i], range);
      if (place == count) place = kept++;
    }
    if (place == count) place = kept++;
    ranges[place] = range;
    count = kept;
  }
  return count;
}

}  // namespace server
