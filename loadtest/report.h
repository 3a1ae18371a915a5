// Report: what a run came to, as text for people and as one JSON object for programs. Pure
// functions of values; any thread.
#pragma once

#include <string>

#include "loadtest/generator.h"
#include "loadtest/plan.h"

namespace loadtest {

struct Figures {
  double seconds = 0;
  double requests_per_second = 0;
  double bytes_per_second = 0;
  double cpu_us_per_request = 0;
};

// Zero where there is nothing to divide by.
[[nodiscard]] Figures figures_of(const Outcome& outcome);

[[nodiscard]] std::string summary(const Plan& plan, const Outcome& outcome);
// Ends without a line feed.
[[nodiscard]] std::string json_report(const Plan& plan, const Outcome& outcome);

}  // namespace loadtest
