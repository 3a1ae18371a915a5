#include "config/path_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "config/diagnostic.h"

namespace config {
namespace {

constexpr std::size_t kComparedStarsMax = 3;

ValueError refuse(std::string_view pattern, std::string_view reason, std::string help) {
  return {fmt::format("{} {}", quote(pattern), reason), std::move(help)};
}

std::optional<ValueError> check_segment(std::string_view pattern, std::string_view segment) {
  if (segment.empty()) {
    return refuse(
        pattern, "has an empty segment",
        "no \"//\" and no '/' at the end; \"/docs/**\" includes \"/docs\" and \"/docs/\"");
  }
  if (segment == "." || segment == "..") {
    return refuse(pattern, fmt::format("has a {} segment", quote(segment)),
                  "patterns match the normalised path, which has none");
  }
  if (segment != "**" && segment.find("**") != std::string_view::npos) {
    return refuse(pattern, "has \"**\" beside other characters",
                  "\"**\" is a segment of its own (\"/a/**\"), \"*\" stays within one (\"/a*\")");
  }
  return std::nullopt;
}

// "/a/b" -> "a" and "/b".
std::pair<std::string_view, std::string_view> split_segment(std::string_view path) {
  const std::size_t next = std::min(path.find('/', 1), path.size());
  return {path.substr(1, next - 1), path.substr(next)};
}

std::size_t stars_of(std::string_view pattern) {
  std::size_t stars = 0;
  for (std::size_t at = pattern.find("/**"); at != std::string_view::npos;
       at = pattern.find("/**", at + 1)) {
    ++stars;
  }
  return stars;
}

bool covers_segment(std::string_view pattern, std::string_view other) {
  if (other == "**") return false;  // any number of them
  return pattern == "*" || pattern == other;
}

// "*.php" -> what that means elsewhere.
std::string rooted(std::string_view pattern) {
  const std::string top = quote(fmt::format("/{}", pattern));
  if (!pattern.starts_with('*') || pattern.starts_with("**")) return fmt::format("write {}", top);
  return fmt::format("write {}, or {} for the top alone", quote(fmt::format("/**/{}", pattern)),
                     top);
}

bool covers_rest(std::string_view pattern, std::string_view other) {
  if (pattern.empty()) return other.empty();
  const auto [segment, rest] = split_segment(pattern);
  if (segment == "**") {
    // For none, or for one more: for "**" too, whatever that stands for.
    return covers_rest(rest, other) ||
           (!other.empty() && covers_rest(pattern, split_segment(other).second));
  }
  if (other.empty()) return false;
  const auto [other_segment, other_rest] = split_segment(other);
  return covers_segment(segment, other_segment) && covers_rest(rest, other_rest);
}

}  // namespace

bool covers(std::string_view pattern, std::string_view other) {
  // Thousands of plain paths are compared with each other.
  if (pattern.find('*') == std::string_view::npos) return pattern == other;
  // Each "**" is tried at each segment.
  return stars_of(pattern) <= kComparedStarsMax && covers_rest(pattern, other);
}

std::optional<ValueError> check_path_pattern(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax) {
    return refuse(pattern, fmt::format("is longer than {} bytes", kPatternBytesMax), {});
  }
  if (pattern.starts_with('^') || pattern.starts_with('~')) {
    return refuse(pattern, "is a regular expression",
                  "\"*\" stands for anything within a segment, \"**\" for any number of "
                  "segments: \"/api/**\"");
  }
  if (!pattern.starts_with('/')) return refuse(pattern, "does not begin with '/'", rooted(pattern));
  if (pattern.ends_with('/') && pattern.size() > 1 && !pattern.ends_with("//")) {
    return refuse(pattern, "ends with '/'",
                  fmt::format("write {}: that includes the path itself",
                              quote(fmt::format("{}**", pattern))));
  }
  if (pattern.find('%') != std::string_view::npos) {
    return refuse(pattern, "has a '%'",
                  "patterns match the decoded path: write the character itself");
  }
  if (pattern.find('?') != std::string_view::npos) {
    return refuse(pattern, "has a '?'", "patterns match the path, without the query");
  }
  if (pattern == "/") return std::nullopt;
  for (std::size_t slash = 0; slash != std::string_view::npos;) {
    const std::size_t next = pattern.find('/', slash + 1);
    if (auto error = check_segment(pattern, pattern.substr(slash + 1, next - slash - 1))) {
      return error;
    }
    slash = next;
  }
  return std::nullopt;
}

}  // namespace config
