#include "server/auth/user_name.h"

#include <algorithm>

#include "config/utf8.h"

namespace server {
namespace {

constexpr std::string_view kBlanks = " \t";

std::optional<std::size_t> find_unprintable(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const config::Utf8Character character = config::decode_utf8(text, offset);
    if (config::is_unprintable(character.code_point)) return offset;
    offset += character.size;
  }
  return std::nullopt;
}

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

}  // namespace

std::optional<NameMistake> check_user_name(std::string_view name) {
  if (name.empty()) return NameMistake{0, "the name is empty"};
  if (name.size() > kUserBytesMax) {
    return NameMistake{0, "the name has " + std::to_string(name.size()) + " bytes, " +
                              std::to_string(kUserBytesMax) + " are the most"};
  }
  if (const auto offset = config::find_invalid_utf8(name)) {
    return NameMistake{*offset, "the name is not UTF-8, which is what browsers send"};
  }
  if (is_blank(name.front())) return NameMistake{0, "the name begins with a blank"};
  if (is_blank(name.back())) return NameMistake{name.size() - 1, "the name ends with a blank"};
  if (const auto offset = find_unprintable(name)) {
    return NameMistake{*offset, "the name has a control character, or one that nobody sees"};
  }
  if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    return NameMistake{colon, "the name has a colon, which would end it"};
  }
  if (name.front() == '#') {
    return NameMistake{0, "the name begins with #, as comments do"};
  }
  return std::nullopt;
}

}  // namespace server
