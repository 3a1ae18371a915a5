// Values that are written as text: durations ("30s"), sizes ("16KiB") and rates ("240B/s"). Any
// thread; pure functions. A text that is none gives a ValueError, which has no place: whoever has
// one adds it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace config {

struct ValueError {
  std::string message;  // "30 is not a duration"
  std::string help;     // what to write instead; may be empty
};

// A whole number with ms, s, m or h; no sign, no fraction, no blank.
[[nodiscard]] core::Result<std::chrono::milliseconds, ValueError> parse_duration(
    std::string_view text);

// Bytes: a whole number, alone or with B, KiB, MiB, GiB or TiB; no sign, no fraction, no blank.
[[nodiscard]] core::Result<std::uint64_t, ValueError> parse_size(std::string_view text);

// A size, then "/s".
[[nodiscard]] core::Result<std::uint64_t, ValueError> parse_byte_rate(std::string_view text);

// In the largest unit that needs no fraction: "1500ms", "1h", "16KiB", "1000B".
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);
[[nodiscard]] std::string format_size(std::uint64_t bytes);
[[nodiscard]] std::string format_byte_rate(std::uint64_t bytes_per_second);

}  // namespace config
