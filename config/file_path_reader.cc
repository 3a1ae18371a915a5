#include "config/file_path_reader.h"

#include <fmt/format.h>

#include <string>

#include "config/file_text.h"
#include "config/reader.h"

namespace config {

std::optional<PlacedPath> read_file_path(Report& report, const Node& node, const FileRole& role,
                                         std::string_view base_directory) {
  const std::string example = quote(role.example);
  const auto path =
      read_string(report, node, role.name, fmt::format("the path of a file, such as {}", example));
  if (!path) return std::nullopt;
  if (path->empty() || path->ends_with('/')) {
    report.error(node.span, fmt::format("{} must be a file", role.name),
                 fmt::format("such as {}", example));
    return std::nullopt;
  }
  PlacedPath placed{resolve_path(*path, base_directory), report.place(node.span)};
  if (const auto reason = missing_file(placed.path)) {
    report.warning(node.span, fmt::format("{} {}", quote(placed.path), *reason),
                   std::string(role.loss));
  }
  return placed;
}

}  // namespace config
