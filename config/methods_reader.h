// A list of methods. What is wrong goes to the report. One thread.
#pragma once

#include <string>
#include <vector>

#include "config/document.h"
#include "config/report.h"

namespace config {

[[nodiscard]] std::vector<std::string> read_methods(Report& report, const Member& member);

}  // namespace config
