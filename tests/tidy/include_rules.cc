// The rules about #include lines.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tidy/layers.h"
#include "tests/tidy/rules.h"

namespace tidy {
namespace {

struct Include {
  std::size_t line;  // counted from 1
  std::string_view path;
  bool quoted;
};

std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

std::string_view without_leading_spaces(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// #include "core/base/clock.h"  ->  core/base/clock.h
std::optional<Include> parse_include(std::string_view line, std::size_t number) {
  auto rest = after(without_leading_spaces(line), "#");
  if (rest) rest = after(without_leading_spaces(*rest), "include");
  if (!rest) return std::nullopt;
  const auto name = without_leading_spaces(*rest);
  if (name.empty() || (name[0] != '"' && name[0] != '<')) return std::nullopt;
  const bool quoted = name[0] == '"';
  const auto end = name.find(quoted ? '"' : '>', 1);
  if (end == std::string_view::npos) return std::nullopt;
  return Include{number, name.substr(1, end - 1), quoted};
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  std::size_t number = 0;
  for (const auto line : lines_of(file.text)) {
    if (const auto include = parse_include(line, ++number)) includes.push_back(*include);
  }
  return includes;
}

}  // namespace

Findings check_include_direction(const SourceFile& file) {
  const auto* layer = layer_of(file.path);
  if (is_cmake_list(file.path)) return {};
  if (layer == nullptr && !is_inside(file.path, "tests")) {
    return {{file.path, 1,
             "its folder has no row in the table of who may include whom: move it into one of the "
             "folders there, or give the new folder a row in tests/tidy/layers.cc"}};
  }
  Findings findings;
  for (const auto& include : includes_of(file)) {
    const std::string what = "includes " + std::string(include.path);
    if (include.quoted != is_ours(include.path)) {
      findings.push_back({file.path, include.line,
                          what + ": write our headers in quotes and from the root, "
                                 "\"core/base/result.h\", and everybody else's in <>"});
    } else if (include.quoted && layer != nullptr && !may_include(*layer, include.path)) {
      findings.push_back({file.path, include.line,
                          what + ": " + describe(*layer) +
                              "; pass the value in, or move the code to where it belongs"});
    }
  }
  return findings;
}

Findings check_third_party_headers(const SourceFile& file) {
  if (is_cmake_list(file.path)) return {};
  Findings findings;
  for (const auto& include : includes_of(file)) {
    for (const auto& library : libraries()) {
      if (!include.path.starts_with(library.header) || is_adapter(library, file.path)) continue;
      findings.push_back({file.path, include.line,
                          "includes " + std::string(include.path) +
                              ": only its adapter may; go through " +
                              std::string(library.adapter)});
    }
  }
  return findings;
}

}  // namespace tidy
