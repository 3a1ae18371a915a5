// What the admin's /status says of a running server: what /metrics says, in a form that pages and
// programs read as one picture of a moment. Only reads what loops, workers and writers publish: any
// thread. Times are seconds; moments are seconds since the epoch. A histogram is {"count", "sum",
// "buckets": [[end, count], ...]}: the buckets that are not empty, the end of the last one null.
#pragma once

#include <string>

#include "server/app/metrics.h"

namespace server {

[[nodiscard]] std::string status_json(const MetricsView& view);

}  // namespace server
