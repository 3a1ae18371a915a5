// AuthLane: what checks passwords: the workers that hash, and the desk with its thread. One for a
// process, when some route asks for passwords. Made and stopped by whoever builds the server.
#pragma once

#include <cstddef>
#include <memory>

#include "config/config.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/work/worker_pool.h"
#include "server/auth/desk_thread.h"

namespace server {

// As the configuration wants it (lanes.auth). Pure; any thread.
[[nodiscard]] core::WorkerPool::Options auth_lane_options(const config::Lanes::Auth& auth,
                                                          std::size_t loops);

class AuthLane {
 public:
  // `budget` outlives it; null: no quota. `hash_time`: see PasswordDesk.
  [[nodiscard]] static core::Result<std::unique_ptr<AuthLane>> start(
      const config::Lanes::Auth& auth, std::size_t loops, core::CpuBudget* budget = nullptr,
      core::Duration hash_time = {});
  AuthLane(const AuthLane&) = delete;
  AuthLane& operator=(const AuthLane&) = delete;
  // stop() must have returned true; the loops of the gates are still there (see DeskThread).
  ~AuthLane() = default;

  // Every gate is idle by now. False when a hash takes longer than `limit`: then the process must
  // end without destroying this.
  [[nodiscard]] bool stop(core::Duration limit);

  [[nodiscard]] PasswordDesk& desk() { return desk_->desk(); }
  [[nodiscard]] const core::WorkerPool& pool() const { return workers_; }

 private:
  explicit AuthLane(core::WorkerPool::Options options) : workers_(std::move(options)) {}

  core::WorkerPool workers_;
  std::unique_ptr<DeskThread> desk_;
};

}  // namespace server
