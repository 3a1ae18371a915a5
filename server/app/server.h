// Server: the loops, the lanes and the access log of one configuration snapshot, on listening
// sockets that it is given from outside. It knows no command line, reads no file and binds no port,
// so that a launcher can hand it what it needs. Used by one thread, the main one; nothing here runs
// on a loop.
//
// The admin listener has a loop, a thread and a limit of its own: it answers while the others are
// busy or full, and until the last of them has ended.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/io/backend.h"
#include "core/log/log_writer.h"
#include "core/work/worker_pool.h"
#include "server/app/auth_lane.h"
#include "server/app/metrics.h"
#include "server/app/serving_loop.h"
#include "server/app/snapshot.h"
#include "server/app/watches.h"
#include "server/net/access_log.h"
#include "server/net/error_log.h"

namespace server {

class Server {
 public:
  struct Setup {
    core::Engine engine;
    std::shared_ptr<const Snapshot> snapshot;
    std::size_t connections_max = 0;
    // Stay the caller's; -1: no such log.
    int access_log_fd = -1;
    int error_log_fd = -1;
    // One set for each address; each has a socket for every loop.
    std::vector<std::vector<core::UniqueFd>> listeners;
    std::size_t loops = 1;
    // Of the first listeners, by index; the others believe nobody about who the client is.
    std::vector<ListenerPolicy> policies = {};
    core::UniqueFd admin = {};  // its listener; invalid: none
    // Files that stay open although nobody is sending them; all loops together.
    std::size_t cache_files_max = FileCache::kFilesMax;
    Watches::Periods watch_periods = {};
    // Where this process's CPU quota is read and followed (cpu_count.h), of which lanes of heavy
    // work leave the loops a share; nullopt: nobody looks for one.
    std::optional<std::string> cpu_quota_root = std::nullopt;
    // A loop that is held is named with what its thread executes.
    bool stacks = false;
    // For how long a password's hash has its worker, by a measurement (login_rate.h); 0: unknown.
    core::Duration hash_time{};
    // See ServingLoop::Setup.
    std::function<void(Router&, core::EventLoop&)> add_sites = {};
    bool proof = false;
  };

  // Returns once every loop accepts connections, or none does.
  [[nodiscard]] static core::Result<std::unique_ptr<Server>> start(Setup setup);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Health routes say so from now on; nothing else changes.
  void stop_being_ready() { ready_.store(false); }
  // Accepting stops, exchanges that have begun are finished with "Connection: close".
  void drain();
  // Connections are closed as they are.
  void abort();
  // Readable once every loop but the admin's has ended.
  [[nodiscard]] int finished_event() const { return serving_.ended.get(); }
  // Waits until then; false when `limit` passed before.
  [[nodiscard]] bool wait_finished(core::Duration limit) const;
  // Waits for the loops to end, then ends the admin, lanes and log. False when a worker hangs in
  // the kernel (on a dead mount, say) or hashes a password beyond `limit`: then this must not be
  // destroyed, and the process should _exit.
  [[nodiscard]] bool close(core::Duration limit);

  [[nodiscard]] std::size_t loops() const { return loops_.size(); }
  [[nodiscard]] const ServingLoop& loop(std::size_t index) const { return *loops_[index]; }
  [[nodiscard]] std::size_t connections() const { return limit_.count(); }
  // Of passwords; null: no route asks for any. Until close().
  [[nodiscard]] const DeskCounters* desk_counters() const {
    return auth_ == nullptr ? nullptr : &auth_->desk().counters();
  }

 private:
  Server(const Setup& setup, std::unique_ptr<core::CpuBudget> budget,
         std::unique_ptr<AuthLane> auth);
  [[nodiscard]] core::Result<void> start_threads(Setup& setup);
  [[nodiscard]] core::Result<void> start_loops(Setup& setup);
  [[nodiscard]] core::Result<void> start_admin(ServingLoop::Setup admin);
  void watch_loops();
  [[nodiscard]] MetricsView metrics_view() const;
  [[nodiscard]] ServingLoop::Setup loop_setup(Setup& setup, std::size_t index);
  [[nodiscard]] ServingLoop::Setup admin_setup(Setup& setup);
  // Loops that are waited for together.
  struct LoopGroup {
    std::atomic<std::size_t> running{0};
    core::UniqueFd ended;  // an eventfd: readable once none runs
  };
  using Started = std::promise<core::Result<void>>;
  [[nodiscard]] std::future<core::Result<void>> start_loop(const std::string& name,
                                                           std::unique_ptr<ServingLoop>& loop,
                                                           LoopGroup& group,
                                                           const core::Engine& engine,
                                                           ServingLoop::Setup setup);
  void run_loop(std::unique_ptr<ServingLoop>& loop, LoopGroup& group, const core::Engine& engine,
                ServingLoop::Setup setup, Started started);
  void start_watches(const Setup& setup, std::optional<double> quota);
  void follow_quota(std::optional<double> quota);
  static void on_loop_ended(LoopGroup& group);
  [[nodiscard]] static bool wait_ended(const LoopGroup& group, core::Duration limit);
  [[nodiscard]] bool end_admin(core::TimePoint until);
  [[nodiscard]] bool end_auth(core::TimePoint until);

  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  const std::string engine_name_;
  const std::vector<ListenerPolicy> policies_;
  const std::shared_ptr<const Snapshot> snapshot_;
  const bool stacks_;
  const bool proof_;
  ConnectionLimit limit_;
  ConnectionLimit admin_limit_;
  static constexpr double kNoQuota = -1;
  const std::unique_ptr<core::CpuBudget> cpu_budget_;
  std::atomic<double> cpu_quota_{kNoQuota};  // as it was seen last
  core::WorkerPool files_;
  core::WorkerPool tls_;
  core::JobQueue resumptions_;
  std::unique_ptr<AuthLane> auth_;  // null: no route asks for passwords
  JsonAccessFormatter access_formatter_;
  TextErrorFormatter error_formatter_;
  const std::unique_ptr<core::LogWriter> access_log_;  // null: off
  const std::unique_ptr<core::LogWriter> error_log_;   // null: off
  Watches watches_;
  std::atomic<bool> ready_{true};  // written by the owner, read by the loops
  LoopGroup serving_;
  LoopGroup admin_group_;
  std::atomic<std::uint32_t> closing_{0};  // a futex: nobody posts to the loops any more
  bool drain_ordered_ = false;
  bool abort_ordered_ = false;
  bool closed_ = false;
  std::vector<std::thread> threads_;  // those of the loops first, in their order
  // Each is made and freed on its own thread.
  std::vector<std::unique_ptr<ServingLoop>> loops_;
  std::unique_ptr<ServingLoop> admin_;  // null: none
};

}  // namespace server
