// A route of a site: which requests it is for, and its one action. What is wrong goes to the
// report. One thread.
#pragma once

#include <string_view>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// `inherited` is what the site says; the route's filters are the effective ones. `base_directory`
// is absolute: relative paths start there.
[[nodiscard]] Route read_route(Report& report, const Node& node, const Filters& inherited,
                               std::string_view base_directory);

}  // namespace config
