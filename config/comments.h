// Comments and trailing commas, which JSONC has and JSON has not: they become spaces, so every
// other byte keeps its offset. Any thread; pure function.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/syntax_error.h"

namespace config {

struct BlankedText {
  std::string text;
  // A comment or a string without end: the text then ends before it, so that what a parser objects
  // to earlier is found first.
  std::optional<SyntaxError> unterminated;
};

// Line breaks stay. A comma is trailing when a value stands before it and a bracket closes behind
// it:
// `[,]` and `[1,,]` stay wrong.
[[nodiscard]] BlankedText blank_comments(std::string_view text);

}  // namespace config
