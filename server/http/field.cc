#include "server/http/field.h"

#include <algorithm>

#include "core/base/invariant.h"
#include "core/base/letter_case.h"

namespace server {
namespace {

using core::to_lower;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool same_letters(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(),
                    [](char a, char b) { return a == b || to_lower(a) == to_lower(b); });
}

std::string_view take_list_element(std::string_view& list) {
  const std::size_t comma = std::min(list.find(','), list.size());
  const std::string_view element = trim(list.substr(0, comma));
  list.remove_prefix(std::min(comma + 1, list.size()));
  return element;
}

bool list_holds(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    if (equal_ignoring_case(take_list_element(list), token)) return true;
  }
  return false;
}

const Field* FieldList::look_for(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equal_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

std::size_t FieldList::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields_.begin(), fields_.end(),
                    [name](const Field& field) { return equal_ignoring_case(field.name, name); }));
}

void FieldBlock::add(std::string_view name, std::string_view value) {
  INVARIANT(value.find('\r') == std::string_view::npos &&
            value.find('\n') == std::string_view::npos);
  text_.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace server
