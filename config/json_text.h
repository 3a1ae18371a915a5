// Strings as they are written in a configuration. Any thread; pure functions. What is not UTF-8 in
// a text becomes U+FFFD: a configuration has no way to write it.
#pragma once

#include <string>
#include <string_view>

namespace config {

// In quotes. Controls and whatever else could steer a terminal are written as \u escapes.
[[nodiscard]] std::string json_string(std::string_view text);

// "${" would begin a variable: it becomes "$${".
[[nodiscard]] std::string escape_variables(std::string_view text);

// Both.
[[nodiscard]] std::string literal_string(std::string_view text);

}  // namespace config
