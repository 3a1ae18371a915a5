// What of `ouro prove` is JSON: the server's /status, and its own report. The adapter of the JSON
// library. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "prove/options.h"
#include "prove/row.h"
#include "prove/status.h"

namespace prove {

// An error: it is no JSON object. What is missing in it is empty, or 0.
[[nodiscard]] core::Result<Status> read_status(std::string_view text);

// One object. Durations are seconds. Ends without a line feed.
[[nodiscard]] std::string json_report(const Options& options, const std::vector<Row>& rows);

}  // namespace prove
