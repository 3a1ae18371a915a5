#include "config/field_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/diagnostic.h"
#include "core/base/letter_case.h"

namespace config {
namespace {

bool is_token_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return letter || (c >= '0' && c <= '9') || kOthers.find(c) != std::string_view::npos;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A token, or a quoted string without escapes: nobody needs one in a media type.
bool is_parameter_value(std::string_view text) {
  if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"')) return is_token(text);
  return text.substr(1, text.size() - 2).find_first_of("\"\\") == std::string_view::npos;
}

bool is_parameter(std::string_view text) {
  const std::size_t equals = text.find('=');
  return equals != std::string_view::npos && is_token(text.substr(0, equals)) &&
         is_parameter_value(text.substr(equals + 1));
}

bool is_media_type(std::string_view text) {
  if (text != trim(text)) return false;
  std::size_t end = std::min(text.find(';'), text.size());
  const std::string_view essence = trim(text.substr(0, end));
  const std::size_t slash = essence.find('/');
  if (slash == std::string_view::npos) return false;
  if (!is_token(essence.substr(0, slash)) || !is_token(essence.substr(slash + 1))) return false;
  while (end < text.size()) {
    const std::size_t next = std::min(text.find(';', end + 1), text.size());
    if (!is_parameter(trim(text.substr(end + 1, next - end - 1)))) return false;
    end = next;
  }
  return true;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char one, char other) {
    return core::to_lower(one) == core::to_lower(other);
  });
}

std::optional<ValueError> check_field_value(std::string_view name, std::string_view value) {
  if (value == trim(value)) return std::nullopt;
  return ValueError{fmt::format("{} must not begin or end with a blank", name),
                    "take the blanks away"};  // unsaid: it may be a secret's
}

std::optional<ValueError> check_media_type(std::string_view text) {
  if (is_media_type(text)) return std::nullopt;
  return ValueError{fmt::format("{} is not a media type", quote(text)),
                    "a type and a subtype, such as \"text/html; charset=utf-8\""};
}

}  // namespace config
