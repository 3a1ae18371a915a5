#include "config/path_pattern.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "config/diagnostic.h"

namespace config {
namespace {

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

}  // namespace

std::optional<ValueError> check_path_pattern(std::string_view pattern) {
  if (pattern.size() > kPatternBytesMax) {
    return refuse(pattern, fmt::format("is longer than {} bytes", kPatternBytesMax), {});
  }
  if (!pattern.starts_with('/')) {
    return refuse(pattern, "does not begin with '/'",
                  fmt::format("write {}", quote(fmt::format("/{}", pattern))));
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
