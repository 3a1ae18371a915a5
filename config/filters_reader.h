// Filters: what a site or a route says about all of its answers, on top of what it inherits.
// "headers" merges by name, every other key replaces, null removes. What is wrong goes to the
// report and changes nothing. One thread.
#pragma once

#include <string_view>

#include "config/config.h"
#include "config/reader.h"
#include "config/report.h"

namespace config {

// `reader` is at the site or route. `base_directory` is where relative paths start.
[[nodiscard]] Filters read_filters(Report& report, const ObjectReader& reader,
                                   const Filters& inherited, std::string_view base_directory);

}  // namespace config
