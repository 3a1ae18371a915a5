#include "server/http/field_section.h"

#include "server/http/characters.h"

namespace server {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// RFC 9112 5.1: OWS around a value is not part of it.
std::string_view trim(std::string_view text) {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

// field-name ":" OWS field-value OWS
bool parse_line(std::string_view line, Field& field) {
  field.name = leading_token(line);
  line.remove_prefix(field.name.size());
  if (field.name.empty() || !line.starts_with(':')) return false;
  field.value = trim(line.substr(1));
  return all_field_content(field.value);
}

}  // namespace

int parse_field_section(std::string_view section, std::size_t fields_max, FieldList& fields) {
  while (!section.starts_with(kLineEnd)) {
    const std::size_t end = section.find('\r');
    if (end == std::string_view::npos || !section.substr(end).starts_with(kLineEnd)) return 400;
    if (fields.count() >= fields_max) return 431;
    Field field;
    if (!parse_line(section.substr(0, end), field)) return 400;
    fields.add(field);
    section.remove_prefix(end + kLineEnd.size());
  }
  return section.size() == kLineEnd.size() ? 0 : 400;
}

}  // namespace server
