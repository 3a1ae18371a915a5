#include "tests/specification/byte_ranges.h"

#include <algorithm>
#include <optional>
#include <string>

#include "tests/specification/grammar.h"

namespace specification {
namespace {

// Decimal numbers of any size, as text. What 64 bits do not hold counts as the largest that they
// do: no representation is larger, and RFC 9110 14.2 leaves it to a server whether it ignores such
// a field or rejects it.
bool at_most(std::string_view left, std::string_view right) {
  const auto plain = [](std::string_view digits) {
    constexpr std::string_view kMax = "18446744073709551615";
    digits = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    const bool fits =
        digits.size() < kMax.size() || (digits.size() == kMax.size() && digits <= kMax);
    return fits ? digits : kMax;
  };
  left = plain(left);
  right = plain(right);
  return left.size() != right.size() ? left.size() < right.size() : left <= right;
}

// RFC 9110 14.1.1: int-range = first-pos "-" [ last-pos ]; suffix-range = "-" suffix-length
struct RangeSpec {
  std::string_view first;
  std::string_view last;

  [[nodiscard]] bool is_suffix() const { return first.empty(); }
  [[nodiscard]] bool is_valid() const {
    if (is_suffix()) return all_digits(last);
    if (!all_digits(first)) return false;
    return last.empty() || (all_digits(last) && at_most(first, last));
  }
  // RFC 9110 14.1.2
  [[nodiscard]] bool means(std::size_t position, std::size_t size) const {
    if (is_suffix()) return at_most(std::to_string(size - position), last);
    const std::string at = std::to_string(position);
    return at_most(first, at) && (last.empty() || at_most(at, last));
  }
};

SelectedBytes select(const RangeSpec& spec, std::size_t size) {
  SelectedBytes selected;
  for (std::size_t position = size; position-- > 0;) {
    if (!spec.means(position, size)) continue;
    selected.first = position;
    ++selected.count;
  }
  return selected;
}

}  // namespace

Selection select_bytes(std::string_view field, std::size_t size, std::size_t ranges_max) {
  constexpr std::string_view kUnit = "bytes=";
  Selection selection;
  // RFC 9110 14.1: range-unit is case-insensitive.
  selection.ignored = lower(field.substr(0, kUnit.size())) != kUnit;
  if (selection.ignored) return selection;
  for (const std::string& element : list_elements(field.substr(kUnit.size()))) {
    const std::vector<std::string_view> parts = split(element, '-');
    const bool valid = parts.size() == 2 && RangeSpec{parts[0], parts[1]}.is_valid();
    if (!valid) return {true, {}};  // 14.2: an invalid ranges-specifier
    const RangeSpec spec{parts[0], parts[1]};
    if (size == 0 && spec.is_suffix() && !at_most(spec.last, "0")) return {true, {}};
    selection.ranges.push_back(select(spec, size));
  }
  selection.ignored = selection.ranges.empty() || selection.ranges.size() > ranges_max;
  return selection;
}

}  // namespace specification
