// The path of a file that others read: where it is, and where it is named. What is wrong goes to
// the report; a file that is missing is a warning, as it may be on another machine. One thread; it
// looks at the file system.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// The words of what is said about it.
struct FileRole {
  std::string_view name;     // "certificate"
  std::string_view example;  // "a.pem"
  std::string_view loss;     // what happens without the file
};

// `base_directory` is where relative paths start.
[[nodiscard]] std::optional<PlacedPath> read_file_path(Report& report, const Node& node,
                                                       const FileRole& role,
                                                       std::string_view base_directory);

}  // namespace config
