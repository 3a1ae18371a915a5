// Diagnostic: one thing that is wrong in the configuration, and how it is shown:
//
//   ouro.jsonc:3:5: error: unknown key "lisen"
//      3 |     "lisen": [":8080"]
//        |     ^~~~~~~ did you mean "listen"?
//
// Any thread; plain values that carry the line they speak about, so the text need not be kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/config.h"
#include "config/source_text.h"

namespace config {

struct Diagnostic {
  enum class Severity : std::uint8_t { kError, kWarning };
  Place place;                 // line 0: the file as a whole
  std::string message;         // lower case, no full stop
  std::string help;            // what to write instead; may be empty
  std::string excerpt;         // the line, cut around the place when it is long; empty: not shown
  std::size_t caret = 0;       // bytes of the excerpt before the place
  std::size_t underlined = 0;  // bytes of the excerpt from there
  Severity severity = Severity::kError;
};

// `span` is in bytes of source.text(); what of it lies beyond its first line is not underlined.
[[nodiscard]] Diagnostic diagnose(const SourceText& source, Span span, std::string message,
                                  std::string help = {});

// Complete lines. Nothing in them can steer a terminal, whatever the file contains.
[[nodiscard]] std::string render(const Diagnostic& diagnostic);
[[nodiscard]] std::string render(std::span<const Diagnostic> diagnostics);

// A file's name, or another text without quotes: what could steer a terminal becomes '?'.
[[nodiscard]] std::string printable(std::string_view text);

// A string from the file inside a message: in quotes, escaped, shortened when it is long.
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace config
