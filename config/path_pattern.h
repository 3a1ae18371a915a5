// Path patterns of a route. Here they are only checked; server/dispatch compiles and matches them.
// Patterns match the path after it was decoded once and normalised: `*` stands for any bytes within
// a segment, `**` for any number of segments and is a segment of its own. Any thread; pure
// function.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/values.h"

namespace config {

inline constexpr std::size_t kPatternBytesMax = 1024;

// Nothing when the pattern is right.
[[nodiscard]] std::optional<ValueError> check_path_pattern(std::string_view pattern);

// Whether every path that `other` matches is matched by `pattern`. Both are right. Never a wrong
// yes; a no may be wrong where stars stand within segments.
[[nodiscard]] bool covers(std::string_view pattern, std::string_view other);

}  // namespace config
