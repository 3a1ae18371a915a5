// What a storm must not do, and who it was if it did. Pure functions; any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "prove/row.h"

namespace prove {

// A CPU quota is dealt out in periods so long; what is used up early is waited for.
inline constexpr std::chrono::milliseconds kQuotaPeriod{100};
inline constexpr int kTimesAlone = 3;

// For the p99 of plain requests: three times what it is alone, but at least `least`, and at least a
// quota's period under a quota.
[[nodiscard]] std::chrono::nanoseconds budget_for(const Storm& storm,
                                                  std::chrono::nanoseconds p99_alone,
                                                  std::chrono::milliseconds least);

// Why the row proves nothing, or the contrary: a loop waited, the budget was passed, requests
// failed, the server ended, or nothing happened. Each a sentence; the first ones name the culprit.
[[nodiscard]] std::vector<std::string> failures_of(const Row& row);

}  // namespace prove
