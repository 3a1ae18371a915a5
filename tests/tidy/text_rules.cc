// The rules about what a file's own text shows. Words that a rule bans are written in two pieces
// here, so that this file keeps its own rules.
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "tests/tidy/rules.h"

namespace tidy {
namespace {

constexpr std::size_t kLinesMax = 400;
constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kLinesBeforeReason = 5;  // where the reason for a long file must stand

constexpr std::string_view kLongBecause = "// tidy: long because ";
constexpr std::string_view kSleepsBecause = "// tidy: sleeps because ";

bool gives_reason(std::string_view line, std::string_view marker) {
  const auto at = line.find(marker);
  return at != std::string_view::npos && at + marker.size() < line.size();
}

// Code points: a byte that continues one (10xxxxxx) takes no column.
std::size_t columns_of(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++columns;
  }
  return columns;
}

// What cannot be broken: an address in a comment, the path of an include.
bool may_be_wide(std::string_view line) {
  return line.find("://") != std::string_view::npos || line.starts_with("#include ");
}

std::string_view without_comment(std::string_view line) { return line.substr(0, line.find("//")); }

}  // namespace

Findings check_name(const SourceFile& file) {
  constexpr std::array<std::string_view, 8> kEmptyNames{"util",     "utils", "common", "manager",
                                                        "managers", "misc",  "helper", "helpers"};
  Findings findings;
  const auto words = split(file.path, "/_.");
  for (const auto name : kEmptyNames) {
    for (const auto word : words) {
      if (word != name) continue;
      findings.push_back(
          {file.path, 1,
           "the name \"" + std::string(name) + "\" says nothing: name it after the noun it holds"});
    }
  }
  return findings;
}

Findings check_header_shape(const SourceFile& file) {
  if (!is_header(file.path)) return {};
  Findings findings;
  if (!file.text.starts_with("// ")) {
    findings.push_back({file.path, 1,
                        "a header opens with a paragraph of comment: what it is, which thread, who "
                        "owns it, what a failure looks like"});
  }
  bool once = false;
  std::size_t number = 0;
  for (const auto line : lines_of(file.text)) {
    ++number;
    if (line == "#pragma once") once = true;
    const auto words = split(line, " \t");
    if (words.size() >= 2 && words[0] == "using" && words[1] == "namespace") {
      findings.push_back({file.path, number,
                          "using a whole namespace in a header: write the names out, or open the "
                          "namespace in the .cc"});
    }
  }
  if (!once) findings.push_back({file.path, 1, "a header guards itself: add #pragma once"});
  return findings;
}

Findings check_length(const SourceFile& file) {
  const auto lines = lines_of(file.text);
  if (lines.size() <= kLinesMax) return {};
  for (std::size_t i = 0; i < kLinesBeforeReason; ++i) {
    if (gives_reason(lines[i], kLongBecause)) return {};
  }
  return {{file.path, kLinesMax + 1,
           std::to_string(lines.size()) +
               " lines: look for the second noun and give it its own "
               "file; if there is none, open with \"" +
               std::string(kLongBecause) + "<reason>\""}};
}

Findings check_columns(const SourceFile& file) {
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(file.text)) {
    ++number;
    if (columns_of(line) <= kColumnsMax || may_be_wide(line)) continue;
    findings.push_back(
        {file.path, number, std::to_string(columns_of(line)) + " columns: break it after 100"});
  }
  return findings;
}

Findings check_marks(const SourceFile& file) {
  constexpr std::string_view kFix =
      "FIX"
      "ME";
  constexpr std::string_view kLater =
      "TO"
      "DO";
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(file.text)) {
    ++number;
    if (has_word(line, kFix)) {
      findings.push_back({file.path, number, std::string(kFix) + " does not merge: fix it now"});
    }
    if (!has_word(line, kLater)) continue;
    const auto rest = line.substr(line.find(kLater) + kLater.size());
    if (rest.starts_with("(") && rest.find(')') != std::string_view::npos && rest[1] != ')') {
      continue;
    }
    findings.push_back({file.path, number,
                        std::string(kLater) + " without a reason: write " + std::string(kLater) +
                            "(why it has to wait)"});
  }
  return findings;
}

Findings check_test_shape(const SourceFile& file) {
  if (!is_test(file.path)) return {};
  Findings findings;
  if (!file.text.starts_with("// ")) {
    findings.push_back({file.path, 1, "a test opens with its goal and its method, as a comment"});
  }
  for (const auto line : lines_of(file.text)) {
    const auto code = split(without_comment(line), " ");
    if (!code.empty() && code[0].starts_with("TEST_CASE")) return findings;
  }
  findings.push_back({file.path, 1, "a test without a TEST_CASE proves nothing: write one"});
  return findings;
}

Findings check_no_sleep_in_tests(const SourceFile& file) {
  constexpr std::array<std::string_view, 5> kSleeps{
      "sleep"
      "_for",
      "sleep"
      "_until",
      "u"
      "sleep",
      "nano"
      "sleep",
      "sleep"};
  if (!is_inside(file.path, "tests") || is_cmake_list(file.path)) return {};
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(file.text)) {
    ++number;
    if (gives_reason(line, kSleepsBecause)) continue;
    for (const auto name : kSleeps) {
      const auto code = without_comment(line);
      if (!has_word(code, name) || code.find(std::string(name) + "(") == std::string_view::npos) {
        continue;
      }
      findings.push_back({file.path, number,
                          std::string(name) +
                              " makes a test slow and flaky: wait for the event, or move a fake "
                              "clock; a test of sleeping itself says \"" +
                              std::string(kSleepsBecause) + "<reason>\" on that line"});
    }
  }
  return findings;
}

}  // namespace tidy
