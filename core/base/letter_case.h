// Letters of ASCII in lower case, whatever the locale: as names of fields and hosts, extensions and
// our own keys are compared. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace core {

[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = to_lower(c);
  return lower;
}

}  // namespace core
