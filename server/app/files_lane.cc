#include "server/app/files_lane.h"

#include <algorithm>

namespace server {
namespace {

constexpr std::size_t kThreads = 4;
// Of the jobs that belong to no root.
constexpr std::size_t kQueueMax = 4096;
// A root that hangs holds its threads for good: so many must be able to before others have none.
constexpr std::size_t kHungRoots = 4;

}  // namespace

core::WorkerPool::Options files_lane_options(const config::Lanes::Files& files) {
  core::WorkerPool::Options options{"files", kThreads, kQueueMax, 0};
  if (files.threads != 0) options.threads = files.threads;
  if (files.queue != 0) options.queue_jobs_max = files.queue;
  options.threads_max = std::max(options.threads_max, (kHungRoots + 1) * options.threads);
  return options;
}

std::shared_ptr<core::JobQueue> make_root_queue(const config::Lanes::Files& files) {
  return std::make_shared<core::JobQueue>(files.queue != 0 ? files.queue
                                                           : core::JobQueue::kJobsMax);
}

}  // namespace server
