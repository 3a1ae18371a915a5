#include "server/dispatch/path_pattern.h"

#include <algorithm>

namespace server {
namespace {

constexpr std::string_view kAnySegments = "**";

// Takes the first segment off a path of the form "/a/b" (the part after the slash may be empty).
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, std::min(path.find('/'), path.size()));
  path.remove_prefix(segment.size());
  return segment;
}

// `*` stands for any run of characters. The usual two-pointer walk: on a mismatch the last star
// takes one character more. Linear for one star, |pattern| * |text| at worst.
bool segment_matches(std::string_view pattern, std::string_view text) {
  std::size_t at_pattern = 0;
  std::size_t at_text = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after_star = 0;
  while (at_text < text.size()) {
    if (at_pattern < pattern.size() && pattern[at_pattern] == '*') {
      star = at_pattern++;
      after_star = at_text;
    } else if (at_pattern < pattern.size() && pattern[at_pattern] == text[at_text]) {
      ++at_pattern;
      ++at_text;
    } else if (star != std::string_view::npos) {
      at_pattern = star + 1;
      at_text = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at_pattern) == std::string_view::npos;
}

// The same walk over segments, with "**" as the star: only the last one ever has to be tried again.
// `rest` is what the last one took.
bool path_matches(std::string_view pattern, std::string_view path, std::string_view& rest_of_path) {
  std::string_view star_began;
  rest_of_path = {};
  std::string_view pattern_after_star;
  std::string_view path_after_star;
  bool saw_star = false;
  for (;;) {
    std::string_view rest = pattern;
    const std::string_view expected = rest.empty() ? rest : take_segment(rest);
    if (!pattern.empty() && expected == kAnySegments) {
      if (rest.empty()) {
        rest_of_path = path;
        return true;
      }
      pattern = pattern_after_star = rest;
      path_after_star = star_began = path;
      saw_star = true;
      continue;
    }
    if (pattern.empty() && path.empty()) {
      rest_of_path = star_began.substr(0, star_began.size() - path_after_star.size());
      return true;
    }
    std::string_view path_rest = path;
    if (!pattern.empty() && !path.empty() && segment_matches(expected, take_segment(path_rest))) {
      pattern = rest;
      path = path_rest;
      continue;
    }
    if (!saw_star || path_after_star.empty()) return false;
    static_cast<void>(take_segment(path_after_star));
    path = path_after_star;
    pattern = pattern_after_star;
  }
}

}  // namespace

PathPattern::PathPattern(std::string_view text) : text_(text), everything_(text == "/**") {}

bool PathPattern::matches(std::string_view path) const {
  std::string_view rest;
  return everything_ || path_matches(text_, path, rest);
}

std::optional<std::string_view> PathPattern::match(std::string_view path) const {
  std::string_view rest;
  if (!path_matches(text_, path, rest)) return std::nullopt;
  return rest;
}

}  // namespace server
