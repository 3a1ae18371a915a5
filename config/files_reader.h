// The action "files" of a route. What is wrong goes to the report, and a wrong value leaves its
// default. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// `patterns` are those of the route. `base_directory` is absolute: a relative root starts there.
[[nodiscard]] Files read_files(Report& report, const Member& member,
                               const std::vector<std::string>& patterns,
                               std::string_view base_directory);

}  // namespace config
