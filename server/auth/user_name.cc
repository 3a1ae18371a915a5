#include "server/auth/user_name.h"

#include <algorithm>

#include "config/utf8.h"

namespace server {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }

}  // namespace

std::optional<NameMistake> check_user_name(std::string_view name) {
  if (name.empty()) return NameMistake{0, "the name is empty"};
  if (const auto offset = config::find_invalid_utf8(name)) {
    return NameMistake{*offset, "the name is not UTF-8, which browsers send: convert it"};
  }
  const auto* const control = std::find_if(name.begin(), name.end(), is_control);
  if (control != name.end()) {
    return NameMistake{static_cast<std::size_t>(control - name.begin()),
                       "the name has a control character, which no browser may send"};
  }
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    return NameMistake{colon, "the name has a colon, which ends it"};
  }
  if (is_blank(name.front())) return NameMistake{0, "the name begins with a blank"};
  if (is_blank(name.back())) {
    return NameMistake{name.size() - 1, "the name ends with a blank: remove it"};
  }
  if (name.front() == '#') return NameMistake{0, "the name begins with #, as comments do"};
  if (name.size() > kUserBytesMax) {
    return NameMistake{0, "the name has " + std::to_string(name.size()) + " bytes, at most " +
                              std::to_string(kUserBytesMax) + " are possible"};
  }
  return std::nullopt;
}

}  // namespace server
