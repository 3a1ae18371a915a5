#include "tests/specification/grammar.h"

#include <algorithm>

namespace specification {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool one_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

// RFC 9110 5.5: HTAB, SP, VCHAR, obs-text: everything but the control characters.
bool in_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= ' ' && byte != 0x7F);
}

}  // namespace

// RFC 9110 5.6.2
bool is_token_character(char c) {
  return one_of(c, kDigits) || one_of(c, kLetters) || one_of(c, "!#$%&'*+-.^_`|~");
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_hex_digit(char c) { return one_of(c, kDigits) || one_of(c, "abcdefABCDEF"); }

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return result;
}

std::string_view without_ows(std::string_view text) {
  while (!text.empty() && one_of(text.front(), " \t")) text.remove_prefix(1);
  while (!text.empty() && one_of(text.back(), " \t")) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> list_elements(std::string_view text) {
  std::vector<std::string> elements;
  for (const std::string_view part : split(text, ',')) {
    if (!without_ows(part).empty()) elements.push_back(lower(without_ows(part)));
  }
  return elements;
}

std::size_t quoted_string_size(std::string_view text) {
  if (!text.starts_with('"')) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;  // quoted-pair: what follows stands for itself
    if (i == text.size() || !in_text(text[i])) return 0;
  }
  return 0;
}

}  // namespace specification
