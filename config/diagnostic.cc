#include "config/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/utf8.h"
#include "core/base/invariant.h"

namespace config {
namespace {

constexpr std::size_t kExcerptCharactersMax = 120;    // longer lines are cut around the place
constexpr std::size_t kExcerptCharactersAround = 60;  // on each side, then
constexpr std::size_t kQuotedCharactersMax = 60;
constexpr std::string_view kCut = "...";

static_assert(2 * kExcerptCharactersAround <= kExcerptCharactersMax);

std::size_t back_by(std::string_view line, std::size_t offset, std::size_t characters) {
  while (offset > 0 && characters > 0) {
    --offset;
    if (!is_utf8_continuation(line[offset])) --characters;
  }
  return offset;
}

std::size_t forward_by(std::string_view line, std::size_t offset, std::size_t characters) {
  while (offset < line.size() && characters > 0) {
    offset += decode_utf8(line, offset).size;
    --characters;
  }
  return offset;
}

struct Cut {
  std::size_t begin;
  std::size_t end;
};

Cut cut_around(std::string_view line, std::size_t offset) {
  if (count_characters(line) <= kExcerptCharactersMax) return {0, line.size()};
  return {back_by(line, offset, kExcerptCharactersAround),
          forward_by(line, offset, kExcerptCharactersAround)};
}

std::size_t width_of(const Utf8Character& character) {
  if (!character.valid || is_unprintable(character.code_point)) return 1;
  return display_width(character.code_point);
}

// What brings the caret under its character: tabs stay tabs, so any tab width is right.
std::string caret_line(const Diagnostic& diagnostic) {
  const std::string_view excerpt = diagnostic.excerpt;
  std::string line;
  for (std::size_t offset = 0; offset < diagnostic.caret;) {
    const Utf8Character character = decode_utf8(excerpt, offset);
    if (character.valid && character.code_point == '\t') {
      line += '\t';
    } else {
      line.append(width_of(character), ' ');
    }
    offset += character.size;
  }
  std::size_t width = 0;
  for (std::size_t offset = diagnostic.caret; offset < diagnostic.caret + diagnostic.underlined;) {
    const Utf8Character character = decode_utf8(excerpt, offset);
    width += width_of(character);
    offset += character.size;
  }
  line += '^';
  line.append(width > 1 ? width - 1 : 0, '~');
  return line;
}

std::string heading(const Diagnostic& diagnostic) {
  const Place& place = diagnostic.place;
  const std::string file = place.file.empty() ? "command line" : printable(place.file);
  const auto* const severity =
      diagnostic.severity == Diagnostic::Severity::kWarning ? "warning" : "error";
  const std::string at = place.line == 0 ? "" : fmt::format("{}:{}:", place.line, place.column);
  return fmt::format("{}:{} {}: {}\n", file, at, severity, diagnostic.message);
}

}  // namespace

Diagnostic diagnose(const SourceText& source, Span span, std::string message, std::string help) {
  const Span line_span = source.line_at(span.offset);
  const std::string_view line = source.text().substr(line_span.offset, line_span.size);
  // The place may be the line break itself.
  const std::size_t offset = std::min(span.offset - line_span.offset, line.size());
  const Cut cut = cut_around(line, offset);
  const std::size_t prefix = cut.begin > 0 ? kCut.size() : 0;

  Diagnostic diagnostic;
  diagnostic.place = source.place_at(span.offset);
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  if (prefix > 0) diagnostic.excerpt = kCut;
  diagnostic.excerpt += line.substr(cut.begin, cut.end - cut.begin);
  diagnostic.caret = prefix + offset - cut.begin;
  diagnostic.underlined = std::min(span.size, diagnostic.excerpt.size() - diagnostic.caret);
  if (cut.end < line.size()) diagnostic.excerpt += kCut;
  return diagnostic;
}

std::string render(const Diagnostic& diagnostic) {
  INVARIANT(diagnostic.caret + diagnostic.underlined <= diagnostic.excerpt.size());
  std::string result = heading(diagnostic);
  if (diagnostic.excerpt.empty()) {
    if (!diagnostic.help.empty()) result += fmt::format("     | {}\n", diagnostic.help);
    return result;
  }
  const std::string number = fmt::format("{:>4}", diagnostic.place.line);
  result += fmt::format("{} | {}\n", number, printable(diagnostic.excerpt));
  result += fmt::format("{:>{}} | {}", "", number.size(), caret_line(diagnostic));
  if (!diagnostic.help.empty()) result += ' ' + diagnostic.help;
  return result + '\n';
}

std::string render(std::span<const Diagnostic> diagnostics) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics) result += render(diagnostic);
  return result;
}

std::string printable(std::string_view text) {
  std::string result;
  for (std::size_t offset = 0; offset < text.size();) {
    const Utf8Character character = decode_utf8(text, offset);
    const bool shown = character.code_point == '\t' || !is_unprintable(character.code_point);
    if (character.valid && shown) {
      result += text.substr(offset, character.size);
    } else {
      result += '?';
    }
    offset += character.size;
  }
  return result;
}

std::string quote(std::string_view text) {
  const std::size_t end = forward_by(text, 0, kQuotedCharactersMax);
  std::string result = "\"";
  for (std::size_t offset = 0; offset < end;) {
    const Utf8Character character = decode_utf8(text, offset);
    if (!character.valid) {
      result += '?';
    } else if (character.code_point == '"' || character.code_point == '\\') {
      result += {'\\', text[offset]};
    } else if (is_unprintable(character.code_point)) {
      fmt::format_to(std::back_inserter(result), "\\u{:04x}",
                     static_cast<unsigned>(character.code_point));
    } else {
      result += text.substr(offset, character.size);
    }
    offset += character.size;
  }
  return result + (end < text.size() ? "...\"" : "\"");
}

}  // namespace config
