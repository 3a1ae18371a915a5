// The character classes of HTTP's grammar (RFC 9110 5.6, RFC 5234 B.1). Pure; any thread.
#pragma once

#include <array>
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

// RFC 9110 5.6.2: tchar.
[[nodiscard]] constexpr bool is_token_character(char c) {
  return is_digit(c) || is_letter(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

// RFC 9110 5.5: of a field's content. HTAB, SP, what is visible, and obs-text.
[[nodiscard]] constexpr bool is_field_content(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7F);
}

}  // namespace server
