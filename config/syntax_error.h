// SyntaxError: why a text is no JSON, in words for the person who wrote it. The parser only says
// that it stopped; what it had accepted until then and the byte it stopped at are enough to say
// more. Any thread; pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/source_text.h"

namespace config {

struct SyntaxError {
  Span span;
  std::string message;
  std::string help;
  bool at_end = false;  // the text ended too early
};

// What a parser had accepted when it stopped.
struct ParseState {
  enum class After : std::uint8_t { kNothing, kOpening, kKey, kValue };
  After after = After::kNothing;
  Span last;                      // the last token but commas and colons
  std::vector<std::size_t> open;  // offsets of the brackets not closed yet, outermost first
};

// `text` has its comments blanked. `stopped_at` is the number of bytes the parser had read; it is
// used only for errors inside a string.
[[nodiscard]] SyntaxError explain(std::string_view text, const ParseState& state,
                                  std::size_t stopped_at);

// First byte at or after `offset` that is not JSON white space; text.size() when there is none.
[[nodiscard]] std::size_t skip_blanks(std::string_view text, std::size_t offset);

// Bytes of the number that starts at `offset` (RFC 8259 6); 0 when none does.
[[nodiscard]] std::size_t number_size(std::string_view text, std::size_t offset);

}  // namespace config
