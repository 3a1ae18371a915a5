#include "config/utf8.h"

#include <algorithm>
#include <array>

#include "core/base/invariant.h"

namespace config {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// The ranges that occur in practice, from Unicode's EastAsianWidth.txt (W and F).
constexpr std::array<Range, 12> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x4DBF},
                                          {0x4E00, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1F64F},
                                          {0x1F680, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};

constexpr std::array<Range, 6> kZeroWidth = {{{0x0300, 0x036F},
                                              {0x1AB0, 0x1AFF},
                                              {0x200B, 0x200D},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};

constexpr std::array<Range, 6> kUnprintable = {{{0x00, 0x1F},
                                                {0x7F, 0x9F},
                                                {0x200E, 0x200F},
                                                {0x2028, 0x202E},
                                                {0x2066, 0x2069},
                                                {0xFEFF, 0xFEFF}}};

template <std::size_t Size>
bool contains(const std::array<Range, Size>& ranges, char32_t code_point) {
  return std::any_of(ranges.begin(), ranges.end(), [code_point](const Range& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

struct Lead {
  std::size_t size;  // 0: no character starts with this byte
  char32_t bits;
  char32_t code_point_min;  // less is an overlong form
};

Lead classify(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

}  // namespace

Utf8Character decode_utf8(std::string_view text, std::size_t offset) {
  INVARIANT(offset < text.size());
  const Lead lead = classify(static_cast<unsigned char>(text[offset]));
  if (lead.size == 0 || text.size() - offset < lead.size) return {};
  char32_t code_point = lead.bits;
  for (std::size_t index = 1; index < lead.size; ++index) {
    const char byte = text[offset + index];
    if (!is_utf8_continuation(byte)) return {};
    code_point = (code_point << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < lead.code_point_min || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, lead.size, true};
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const Utf8Character character = decode_utf8(text, offset);
    if (!character.valid) return offset;
    offset += character.size;
  }
  return std::nullopt;
}

std::size_t count_characters(std::string_view text) {
  const auto starts_one = [](char byte) { return !is_utf8_continuation(byte); };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_one));
}

std::size_t display_width(char32_t code_point) {
  if (contains(kZeroWidth, code_point)) return 0;
  return contains(kWide, code_point) ? 2 : 1;
}

bool is_unprintable(char32_t code_point) { return contains(kUnprintable, code_point); }

}  // namespace config
