// The tls lane as the configuration wants it (lanes.tls): how many workers shake hands, and how
// many connections may wait for them. Pure; any thread.
#pragma once

#include <cstddef>

#include "config/config.h"
#include "core/work/worker_pool.h"

namespace server {

[[nodiscard]] core::WorkerPool::Options tls_lane_options(const config::Lanes::Tls& tls,
                                                         std::size_t loops);

}  // namespace server
