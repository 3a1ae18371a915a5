// What the tests of mistakes share: a whole small file with one mistake, in which "<!>" marks the
// place where the one message must point.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/server/app/temporary_directory.h"

namespace config {

inline constexpr std::string_view kMark = "<!>";

struct Mistake {
  std::string_view name;
  std::string_view file;
  std::string_view remedy;  // words that it must have
};

struct Marked {
  std::string text;
  std::size_t line = 1;
  std::size_t column = 1;
};

inline Marked take_mark(std::string_view file) {
  Marked marked;
  const std::size_t at = file.find(kMark);
  REQUIRE(at != std::string_view::npos);
  REQUIRE(file.find(kMark, at + 1) == std::string_view::npos);
  const std::string_view before = file.substr(0, at);
  marked.text = std::string(before) + std::string(file.substr(at + kMark.size()));
  marked.line += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_start = before.rfind('\n');
  marked.column += line_start == std::string_view::npos ? at : at - line_start - 1;
  return marked;
}

inline void check(const Mistake& mistake, const std::string& directory) {
  CAPTURE(mistake.name);
  const Marked marked = take_mark(mistake.file);
  const auto result = load_text(marked.text, directory + "/ouro.jsonc", directory);
  const std::string errors = result ? "none" : render(result.error());
  CAPTURE(errors);
  REQUIRE_FALSE(result);
  CHECK(result.error().size() == 1);
  const Diagnostic& first = result.error().front();
  CHECK(first.place.line == marked.line);
  CHECK(first.place.column == marked.column);
  // A message that says itself what is allowed needs no help.
  const std::string& remedy = first.help.empty() ? first.message : first.help;
  CHECK(remedy.find(mistake.remedy) != std::string::npos);
}

template <std::size_t N>
void check_all(const Mistake (&mistakes)[N]) {
  const test::TemporaryDirectory directory;
  for (const Mistake& mistake : mistakes) check(mistake, directory.path());
}

}  // namespace config
