#include "config/json_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>

#include "config/utf8.h"

namespace config {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

void append_escape(std::string& result, char32_t code_point) {
  const auto value = static_cast<unsigned>(code_point);
  const auto out = std::back_inserter(result);
  if (value < 0x10000U) {
    fmt::format_to(out, "\\u{:04x}", value);
    return;
  }
  // RFC 8259 7: a surrogate pair.
  const unsigned rest = value - 0x10000U;
  fmt::format_to(out, "\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (std::size_t offset = 0; offset < text.size();) {
    const Utf8Character character = decode_utf8(text, offset);
    if (!character.valid) {
      append_escape(result, kReplacement);
    } else if (character.code_point == '"' || character.code_point == '\\') {
      result += {'\\', text[offset]};
    } else if (character.code_point == '\n') {
      result += "\\n";
    } else if (is_unprintable(character.code_point)) {
      append_escape(result, character.code_point);
    } else {
      result += text.substr(offset, character.size);
    }
    offset += character.size;
  }
  return result + '"';
}

std::string escape_variables(std::string_view text) {
  constexpr std::string_view kOpening = "${";
  std::string escaped;
  std::size_t from = 0;
  for (std::size_t at = text.find(kOpening); at != std::string_view::npos;
       at = text.find(kOpening, from)) {
    escaped += text.substr(from, at - from);
    escaped += "$${";
    from = at + kOpening.size();
  }
  return escaped += text.substr(from);
}

std::string literal_string(std::string_view text) { return json_string(escape_variables(text)); }

}  // namespace config
