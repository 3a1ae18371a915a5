// The files lane as the configuration wants it (lanes.files): how many workers, and how much may
// wait for them. Pure; any thread.
#pragma once

#include <memory>

#include "config/config.h"
#include "core/work/job_queue.h"
#include "core/work/worker_pool.h"

namespace server {

[[nodiscard]] core::WorkerPool::Options files_lane_options(const config::Lanes::Files& files);

// For the jobs of one root.
[[nodiscard]] std::shared_ptr<core::JobQueue> make_root_queue(const config::Lanes::Files& files);

}  // namespace server
