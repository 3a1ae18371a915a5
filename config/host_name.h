// Host names of a site: an exact name, or "*.name" for one label more. Any thread; pure function.
#pragma once

#include <string>
#include <string_view>

#include "config/values.h"
#include "core/base/result.h"

namespace config {

// The result is in lower case. Labels are letters, digits, '-' and '_' (names in container networks
// have it), 1 to 63 long, 253 in all (RFC 1035 2.3.4).
[[nodiscard]] core::Result<std::string, ValueError> parse_host_name(std::string_view text);

}  // namespace config
