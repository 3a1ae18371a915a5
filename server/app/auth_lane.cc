#include "server/app/auth_lane.h"

#include <utility>

namespace server {
namespace {

// Hashes are nothing but CPU, much of it: whenever a loop has something to do it runs first.
constexpr int kNice = 19;
constexpr std::chrono::seconds kStopLimit{5};

}  // namespace

core::WorkerPool::Options auth_lane_options(const config::Lanes::Auth& auth, std::size_t loops) {
  // More than there are cores would only take turns. Who waits, waits at the desk, whose queue it
  // is: what is submitted begins at once.
  core::WorkerPool::Options options{"auth", loops, PasswordDesk::kQueueMax, kNice};
  if (auth.threads != 0) options.threads = auth.threads;
  if (auth.queue != 0) options.queue_jobs_max = auth.queue;
  options.threads_max = options.threads;
  return options;
}

core::Result<std::unique_ptr<AuthLane>> AuthLane::start(const config::Lanes::Auth& auth,
                                                        std::size_t loops, core::CpuBudget* budget,
                                                        core::Duration hash_time) {
  core::WorkerPool::Options options = auth_lane_options(auth, loops);
  options.budget = budget;
  std::unique_ptr<AuthLane> lane(new AuthLane(options));
  auto desk =
      DeskThread::start(lane->workers_, {options.threads, options.queue_jobs_max, hash_time});
  if (!desk) {
    static_cast<void>(lane->workers_.stop(kStopLimit));  // they have nothing to do
    return core::unexpected(desk.error());
  }
  lane->desk_ = std::move(*desk);
  return lane;
}

bool AuthLane::stop(core::Duration limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  return desk_->stop(limit) && workers_.stop(until - core::Clock::now());
}

}  // namespace server
