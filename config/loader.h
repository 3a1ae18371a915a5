// The loader turns a configuration file into a Config, or into everything that is wrong with it.
// Any thread, before or beside the loops: it reads the file system and allocates. A result is a
// plain value of its own; nothing refers to the text any more. config.md has the rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/diagnostic.h"
#include "core/base/result.h"

namespace config {

// On failure at least one diagnostic, in the order of the file.
using LoadResult = core::Result<Config, std::vector<Diagnostic>>;

// Relative paths in the file start at the directory that `path` names (links are not followed for
// this). `path` is also what errors name.
[[nodiscard]] LoadResult load_file(const std::string& path);

// `base_directory` is absolute; `file_name` is what errors name.
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& file_name,
                                   std::string_view base_directory);

}  // namespace config
