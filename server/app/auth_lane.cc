#include "server/app/auth_lane.h"

#include <utility>

namespace server {
namespace {

// Hashes are nothing but CPU, much of it: whenever a loop has something to do it runs first. Plain
// GETs at 2,000/s beside 8 guessers, on one core, have a p99 of 3.4 ms at nice 0, 2.9 at 5, 1.7 at
// 10; 15 and 19 cannot be told from without guessers, about 1 ms. Niceness counts within one group
// of the scheduler (sched(7): a cgroup, or a session's autogroup): beside three busy loops of
// another session a login takes 0.2 s at 0, 10 and 19 alike; of our own 0.13 s at 0, 0.7 at 10, 2.4
// at 15, 6 at 19. Still 19, because it must not be less than the tls lane's (with 10 beside its 19,
// handshakes beside guesses fall from 840 to 150/s), and that costs p99: 4.3 ms instead of 3.8
// beside RSA-2048 handshakes. SCHED_BATCH changes nothing that could be measured.
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
