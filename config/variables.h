// Variables in the strings of a document: ${env:NAME}, ${env:NAME:-default} (also when NAME is
// empty, as in a shell) and ${file:PATH} without the line break at its end. "$${" is a literal
// "${". Keys are left alone, and what a variable gives is not looked at again. Any thread that may
// wait: it reads the environment and the file system.
#pragma once

#include <cstddef>
#include <string_view>

#include "config/document.h"
#include "config/report.h"

namespace config {

inline constexpr std::size_t kVariableFileBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kVariableBytesMax = std::size_t{1024} * 1024;  // of a whole document

// A string whose variables cannot be replaced is reported and reads as absent. `base_directory` is
// absolute: relative paths start there.
void replace_variables(Report& report, Node& root, std::string_view base_directory);

}  // namespace config
