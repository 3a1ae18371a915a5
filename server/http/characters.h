// The character classes of HTTP's grammar (RFC 9110 5.6, RFC 5234 B.1). Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace server {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// -1 when it is none.
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 9110 5.6.3: of OWS, BWS and RWS.
[[nodiscard]] constexpr bool is_white_space(char c) { return c == ' ' || c == '\t'; }

inline constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> is_token{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    is_token[static_cast<unsigned char>(c)] = true;
  }
  return is_token;
}();

// RFC 9110 5.6.2: tchar.
[[nodiscard]] constexpr bool is_token_character(char c) {
  return kTokenCharacters[static_cast<unsigned char>(c)];
}

// The longest token that `text` begins with; perhaps empty.
[[nodiscard]] constexpr std::string_view leading_token(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && is_token_character(*at)) ++at;
  return text.substr(0, static_cast<std::size_t>(at - text.data()));
}

[[nodiscard]] constexpr bool is_token(std::string_view text) {
  return !text.empty() && leading_token(text).size() == text.size();
}

// RFC 9110 5.5: of a field's content. HTAB, SP, what is visible, and obs-text.
[[nodiscard]] constexpr bool is_field_content(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

// True for the empty text too. Eight bytes at a time, as long as there is no TAB among them: values
// make up most of a browser's request.
[[nodiscard]] inline bool all_field_content(std::string_view text) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0} / 0xFF;
  constexpr std::uint64_t kHighBits = kOnes * 0x80;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint64_t word = 0; end - at >= 8; at += 8) {
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t deletes = word ^ (kOnes * 0x7F);
    // A byte below 0x20, or one that has become 0, borrows from its high bit.
    const std::uint64_t bad = ((word - kOnes * 0x20) & ~word) | ((deletes - kOnes) & ~deletes);
    if ((bad & kHighBits) != 0) break;
  }
  return std::all_of(at, end, [](char c) { return is_field_content(c); });
}

}  // namespace server
