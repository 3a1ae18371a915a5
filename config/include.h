// The member "include": which files have more sites. What is wrong goes to the report. One thread;
// it reads the file system.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/report.h"

namespace config {

inline constexpr std::size_t kIncludedFilesMax = 10'000;

struct Included {
  std::string path;  // absolute
  Span span;         // of the pattern
};

// Pattern by pattern, the files of a pattern in the order of their names (byte by byte), each file
// once. A pattern that matches nothing is right; a name without "*", "?" and "[" that does not
// exist is an error, and so is the file that includes. `base_directory` is absolute: relative
// patterns start there.
[[nodiscard]] std::vector<Included> find_included(Report& report, const Member& member,
                                                  std::string_view base_directory);

}  // namespace config
