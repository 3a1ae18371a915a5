// The loader turns a configuration into a Config, or into everything that is wrong with it. Any
// thread, before or beside the loops: it reads the file system and allocates. A result is a plain
// value of its own. config.md has the rules.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/diagnostic.h"
#include "config/source_file.h"
#include "core/base/result.h"

namespace config {

struct Loaded {
  Config config;
  std::vector<Diagnostic> warnings;  // of what is right, but probably not meant
  // What it came from: the file itself, then the included ones in their order.
  std::vector<std::unique_ptr<const SourceFile>> files;
};

// On failure at least one error, file by file, in the order of each file. After too many the files
// that follow are not looked at.
using LoadResult = core::Result<Loaded, std::vector<Diagnostic>>;

// Relative paths in the file start at the directory that `path` names (links are not followed for
// this). `path` is also what errors name.
[[nodiscard]] LoadResult load_file(const std::string& path);

// `base_directory` is absolute; `file_name` is what errors name.
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& file_name,
                                   std::string_view base_directory);

}  // namespace config
