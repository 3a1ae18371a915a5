// The member "cors" of a site or route: whose pages may read the answers (the Fetch standard, 3.2).
// What is wrong goes to the report. One thread.
#pragma once

#include <optional>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// nullopt: null, which removes what was inherited.
[[nodiscard]] std::optional<Cors> read_cors(Report& report, const Member& member);

}  // namespace config
