// The text of a file on disk. Any thread that may wait: it reads the file system.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace config {

// Reads a little past `bytes_max` and then stops, so that a longer file shows by its size.
[[nodiscard]] core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// Why there is no such directory, or file: "does not exist". Nothing when there is one.
[[nodiscard]] std::optional<std::string_view> missing_directory(const std::string& path);
[[nodiscard]] std::optional<std::string_view> missing_file(const std::string& path);

}  // namespace config
