// UTF-8 as the configuration's errors need it: where a character ends, how wide a terminal draws
// it, where a text stops being UTF-8. Any thread; pure functions, nothing allocates, nothing fails.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace config {

struct Utf8Character {
  char32_t code_point = 0;
  std::size_t size = 1;  // bytes; 1 when invalid
  bool valid = false;
};

// The character that begins at `offset`, which is less than text.size(). Overlong forms, surrogates
// and code points above U+10FFFF are invalid (Unicode 15, table 3-7).
[[nodiscard]] Utf8Character decode_utf8(std::string_view text, std::size_t offset);

// Offset of the first byte that is not part of a valid character.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Characters in valid UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text);

[[nodiscard]] inline bool is_utf8_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1.
[[nodiscard]] std::size_t display_width(char32_t code_point);

// Controls, and the characters that turn the direction of text around: never written to a terminal
// as they are.
[[nodiscard]] bool is_unprintable(char32_t code_point);

}  // namespace config
