// The text of a file on disk. Any thread that may wait: it reads the file system.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/result.h"

namespace config {

// Reads a little past `bytes_max` and then stops, so that a longer file shows by its size.
[[nodiscard]] core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

}  // namespace config
