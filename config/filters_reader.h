// Filters: what a site or a route says about all of its answers, on top of what it inherits.
// "headers" merges by name, every other key replaces, null removes. What is wrong goes to the
// report and changes nothing. One thread.
#pragma once

#include "config/config.h"
#include "config/reader.h"
#include "config/report.h"

namespace config {

// `reader` is at the site or route.
[[nodiscard]] Filters read_filters(Report& report, const ObjectReader& reader,
                                   const Filters& inherited);

}  // namespace config
