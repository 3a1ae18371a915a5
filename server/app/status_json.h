// What the admin's /status says of a running server: its loops, lanes, passwords and logs as
// /metrics has them, not its routes, refusals and limits; and by name what a counter cannot tell,
// the last long turns and the requests in flight. One picture of a moment. Only reads what loops,
// workers and writers publish: any thread. Times are seconds; moments are seconds since the epoch.
// A histogram is {"count", "sum", "buckets": [[end, count], ...]}: the buckets that are not empty,
// the end of the last one null.
#pragma once

#include <string>

#include "server/app/metrics.h"

namespace server {

[[nodiscard]] std::string status_json(const MetricsView& view);

}  // namespace server
