// The text of a file on disk. Any thread that may wait: it reads the file system.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace config {

// For a pipe ("-c <(make-configuration)") to come to its end. One that nobody writes into, and
// whatever else has no end, must not hold up a start or a reload.
inline constexpr std::chrono::seconds kPipeLimit{5};

// Reads a little past `bytes_max` and then stops, so that a longer file shows by its size. Waits
// for what comes bit by bit, no longer than `limit` in all.
[[nodiscard]] core::Result<std::string> read_file(const std::string& path, std::size_t bytes_max,
                                                  std::chrono::milliseconds limit = kPipeLimit);

// Why there is no such directory, or file: "does not exist". Nothing when there is one.
[[nodiscard]] std::optional<std::string_view> missing_directory(const std::string& path);
[[nodiscard]] std::optional<std::string_view> missing_file(const std::string& path);

}  // namespace config
