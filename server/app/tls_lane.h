// The tls lane as the configuration wants it (lanes.tls): how many workers shake hands, and how
// many connections may wait for them. Pure; any thread.
#pragma once

#include <cstddef>

#include "config/config.h"
#include "core/work/worker_pool.h"

namespace server {

[[nodiscard]] core::WorkerPool::Options tls_lane_options(const config::Lanes::Tls& tls,
                                                         std::size_t loops);

// How many handshakes of one client address may be pending: half of those that may wait, so that
// nobody alone fills the queue. At least one.
[[nodiscard]] std::size_t handshakes_per_address_max(const core::WorkerPool::Options& lane);

}  // namespace server
