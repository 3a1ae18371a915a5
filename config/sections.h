// The sections of a configuration but its listeners, admin and sites: limits, lanes, drain, log.
// Each reads one member of the top object; nullptr (absent) leaves the defaults. What is wrong goes
// to the report. One thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

void check_version(Report& report, const Member* member);
[[nodiscard]] Limits read_limits(Report& report, const Member* member);
[[nodiscard]] Lanes read_lanes(Report& report, const Member* member);
[[nodiscard]] Drain read_drain(Report& report, const Member* member);
// `base_directory` is where a relative path of a log file starts.
[[nodiscard]] Log read_log(Report& report, const Member* member, std::string_view base_directory);

}  // namespace config
