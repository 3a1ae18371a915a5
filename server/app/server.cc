#include "server/app/server.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "core/base/futex.h"
#include "core/base/invariant.h"
#include "core/probe/thread_stack.h"
#include "server/app/admin_site.h"
#include "server/app/cpu_count.h"
#include "server/app/files_lane.h"
#include "server/app/tls_lane.h"
#include "server/app/version.h"

namespace server {
namespace {

// For what the access log has still to write, when whoever reads it has stopped reading.
constexpr std::chrono::milliseconds kLogLimit{1000};
// All loops together.
constexpr std::size_t kCacheBytesMax = std::size_t{128} << 20;
constexpr std::size_t kAdminConnectionsMax = 100;
// Of a CPU quota; the loops have the rest.
constexpr double kHeavyWorkShare = 0.75;
// For the thread of a loop that is held to say where.
constexpr std::chrono::milliseconds kStackLimit{100};
// For what the admin has begun: answers of a few bytes.
constexpr std::chrono::milliseconds kAdminDrainLimit{200};

bool speaks_tls(const Snapshot& snapshot) {
  const TlsContexts& contexts = snapshot.certificates().contexts;
  return std::any_of(contexts.begin(), contexts.end(),
                     [](const auto& context) { return context != nullptr; });
}

// Of one address; 0, no limit, when nobody speaks TLS: then no table is made.
std::size_t pending_handshakes_max(const Server::Setup& setup) {
  if (!speaks_tls(*setup.snapshot)) return 0;
  return handshakes_per_address_max(
      tls_lane_options(setup.snapshot->config().lanes.tls, setup.loops));
}

// What cannot be told now will be by the watch's first look.
std::optional<double> quota_at_start(const Server::Setup& setup) {
  if (!setup.cpu_quota_root) return std::nullopt;
  return cpu_quota(*setup.cpu_quota_root).value_or(std::nullopt);
}

double heavy_work_cpus(std::optional<double> quota) {
  return quota ? *quota * kHeavyWorkShare : core::CpuBudget::kNoLimit;
}

core::WorkerPool::Options tls_options(const Server::Setup& setup, core::CpuBudget* budget) {
  auto options = tls_lane_options(setup.snapshot->config().lanes.tls, setup.loops);
  options.budget = budget;
  return options;
}

std::string stack_of(pthread_t thread) {
  const auto frames = core::ThreadStack::of(thread, kStackLimit);
  if (frames.empty()) return " (its thread does not say where: it may be within the kernel)";
  return core::ThreadStack::describe(frames);
}

core::UniqueFd new_event() {
  core::UniqueFd fd(::eventfd(0, EFD_CLOEXEC));
  INVARIANT(fd.valid());
  return fd;
}

}  // namespace

Server::Server(const Setup& setup, std::unique_ptr<core::CpuBudget> budget,
               std::unique_ptr<AuthLane> auth)
    : engine_name_(setup.engine.io_uring ? "io_uring" : "epoll"),
      policies_(setup.policies),
      snapshot_(setup.snapshot),
      stacks_(setup.stacks),
      proof_(setup.proof),
      limit_(setup.connections_max, setup.snapshot->config().limits.connections_per_address,
             pending_handshakes_max(setup)),
      admin_limit_(kAdminConnectionsMax),
      cpu_budget_(std::move(budget)),
      files_(files_lane_options(setup.snapshot->config().lanes.files)),
      tls_(tls_options(setup, cpu_budget_.get())),
      auth_(std::move(auth)),
      access_log_(setup.access_log_fd < 0
                      ? nullptr
                      : std::make_unique<core::LogWriter>(setup.access_log_fd, access_formatter_)),
      error_log_(setup.error_log_fd < 0
                     ? nullptr
                     : std::make_unique<core::LogWriter>(setup.error_log_fd, error_formatter_)),
      watches_(error_log_.get()) {
  serving_.ended = new_event();
  admin_group_.ended = new_event();
}

core::Result<std::unique_ptr<Server>> Server::start(Setup setup) {
  const std::optional<double> quota = quota_at_start(setup);
  auto budget = std::make_unique<core::CpuBudget>(heavy_work_cpus(quota));
  std::unique_ptr<AuthLane> auth;
  if (setup.snapshot->asks_for_passwords()) {
    auto lane = AuthLane::start(setup.snapshot->config().lanes.auth, setup.loops, budget.get(),
                                setup.hash_time);
    if (!lane) return core::unexpected(lane.error());
    auth = std::move(*lane);
  }
  std::unique_ptr<Server> server(new Server(setup, std::move(budget), std::move(auth)));
  server->cpu_quota_.store(quota.value_or(kNoQuota));
  if (auto started = server->start_threads(setup); !started) {
    server->abort();
    static_cast<void>(server->close(std::chrono::seconds(5)));
    return core::unexpected(started.error());
  }
  server->start_watches(setup, quota);
  return server;
}

core::Result<void> Server::start_threads(Setup& setup) {
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the main thread's
  if (stacks_) core::ThreadStack::install();
  auto admin = admin_setup(setup);  // before the logs start: it adds to them
  auto result = start_loops(setup);
  if (result) watch_loops();
  if (result && admin.listeners.front().valid()) result = start_admin(std::move(admin));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return result;
}

core::Result<void> Server::start_loops(Setup& setup) {
  std::vector<std::future<core::Result<void>>> started;
  loops_.resize(setup.loops);
  serving_.running = setup.loops;
  for (std::size_t index = 0; index < setup.loops; ++index) {
    started.push_back(start_loop("loop-" + std::to_string(index), loops_[index], serving_,
                                 setup.engine, loop_setup(setup, index)));
  }
  for (const auto* log : {&access_log_, &error_log_}) {
    if (*log != nullptr) (*log)->start();
  }
  core::Result<void> result;
  for (auto& future : started) {
    if (auto one = future.get(); !one) result = one;
  }
  return result;
}

void Server::watch_loops() {
  std::vector<const core::LoopStatistics*> watched;
  for (const auto& loop : loops_) watched.push_back(&loop->statistics());
  if (!stacks_) return watches_.watch_loops(watched);
  // While loops are watched, their threads live; in `threads_` others may join them.
  std::vector<pthread_t> threads;
  for (std::thread& thread : threads_) threads.push_back(thread.native_handle());
  watches_.watch_loops(watched, [threads](std::size_t loop) { return stack_of(threads[loop]); });
}

// Behind the others, which it looks at.
core::Result<void> Server::start_admin(ServingLoop::Setup admin) {
  admin_group_.running = 1;
  // A ring would lock memory that the others may need.
  const core::Engine epoll{false, ""};
  return start_loop("admin", admin_, admin_group_, epoll, std::move(admin)).get();
}

MetricsView Server::metrics_view() const {
  MetricsView view{.version = kVersion,
                   .engine = engine_name_,
                   .proof = proof_,
                   .started = started_,
                   .lanes = {{"files", files_}, {"tls", tls_}},
                   .connections = limit_,
                   .routes = snapshot_->route_labels(),
                   .desk = desk_counters()};
  if (const double quota = cpu_quota_.load(); quota != kNoQuota) view.cpu_quota = quota;
  for (const auto& loop : loops_) {
    view.loops.push_back({loop->statistics(), loop->probe(), loop->counters(), loop->route_counts(),
                          loop->requests_in_flight(), loop->passwords()});
  }
  if (auth_ != nullptr) view.lanes.push_back({"auth", auth_->pool()});
  if (access_log_ != nullptr) view.logs.push_back({"access", *access_log_});
  if (error_log_ != nullptr) view.logs.push_back({"error", *error_log_});
  return view;
}

void Server::start_watches(const Setup& setup, std::optional<double> quota) {
  watches_.watch_certificates(*setup.snapshot, setup.watch_periods.certificates,
                              [this](const std::shared_ptr<const TlsContexts>& contexts) {
                                for (const auto& loop : loops_) loop->replace_tls(contexts);
                              });
  watches_.watch_users(*setup.snapshot, setup.watch_periods.users,
                       [this](const UserTables& tables) {
                         for (const auto& loop : loops_) loop->replace_users(tables);
                         auth_->desk().forget_successes();
                       });
  if (!setup.cpu_quota_root) return;
  watches_.watch_quota(*setup.cpu_quota_root, quota, setup.watch_periods.quota,
                       [this](std::optional<double> changed) { follow_quota(changed); });
}

void Server::follow_quota(std::optional<double> quota) {
  cpu_budget_->set(heavy_work_cpus(quota));
  cpu_quota_.store(quota.value_or(kNoQuota));
}

ServingLoop::Setup Server::loop_setup(Setup& setup, std::size_t index) {
  ServingLoop::Setup loop{static_cast<std::uint32_t>(index),
                          setup.snapshot,
                          files_,
                          tls_,
                          resumptions_,
                          limit_,
                          ready_,
                          auth_ == nullptr ? nullptr : &auth_->desk(),
                          nullptr,
                          nullptr,
                          kCacheBytesMax / setup.loops,
                          setup.cache_files_max / setup.loops,
                          {},
                          policies_,
                          setup.add_sites,
                          setup.proof};
  if (access_log_ != nullptr) {
    loop.access_log =
        std::make_unique<AccessLog>(*access_log_, access_log_->add_ring(), loop.index);
  }
  if (error_log_ != nullptr) {
    loop.error_log = std::make_unique<ErrorLog>(*error_log_, error_log_->add_ring());
  }
  for (auto& sockets : setup.listeners) loop.listeners.push_back(std::move(sockets.at(index)));
  return loop;
}

ServingLoop::Setup Server::admin_setup(Setup& setup) {
  auto snapshot = Snapshot::compile({});
  INVARIANT(snapshot.has_value());  // it has no root that could be missing
  ServingLoop::Setup loop{static_cast<std::uint32_t>(setup.loops),
                          std::move(*snapshot),
                          files_,
                          tls_,
                          resumptions_,
                          admin_limit_,
                          ready_,
                          nullptr,
                          nullptr,
                          nullptr,
                          0,
                          0,
                          {},
                          {}};
  if (error_log_ != nullptr) {
    loop.error_log = std::make_unique<ErrorLog>(*error_log_, error_log_->add_ring());
  }
  loop.add_sites = [this](Router& router, core::EventLoop& events) {
    const auto lives = [this] { return watches_.all_loops_go_on(); };
    add_admin_site(router, events, {ready_, lives, [this] { return metrics_view(); }});
  };
  loop.listeners.push_back(std::move(setup.admin));
  return loop;
}

std::future<core::Result<void>> Server::start_loop(const std::string& name,
                                                   std::unique_ptr<ServingLoop>& loop,
                                                   LoopGroup& group, const core::Engine& engine,
                                                   ServingLoop::Setup setup) {
  Started promise;
  auto started = promise.get_future();
  threads_.emplace_back(&Server::run_loop, this, std::ref(loop), std::ref(group), engine,
                        std::move(setup), std::move(promise));
  pthread_setname_np(threads_.back().native_handle(), name.c_str());
  return started;
}

// The body of a loop's thread. A ring belongs to the thread that made it, so the loop is built and
// taken down here; in between the main thread may post to it until close().
void Server::run_loop(std::unique_ptr<ServingLoop>& loop, LoopGroup& group,
                      const core::Engine& engine, ServingLoop::Setup setup, Started started) {
  if (stacks_) core::ThreadStack::let_in();
  auto created = ServingLoop::create(engine, std::move(setup));
  if (created) {
    loop = std::move(*created);
    started.set_value({});
    loop->run();
  } else {
    started.set_value(core::unexpected(created.error()));
  }
  on_loop_ended(group);
  while (closing_.load() == 0) core::futex_wait(closing_, 0);
  loop.reset();
}

void Server::on_loop_ended(LoopGroup& group) {
  if (group.running.fetch_sub(1) > 1) return;
  const std::uint64_t one = 1;
  while (::write(group.ended.get(), &one, sizeof one) < 0) INVARIANT(errno == EINTR);
}

void Server::drain() {
  stop_being_ready();
  if (std::exchange(drain_ordered_, true)) return;
  for (const auto& loop : loops_) {
    if (loop != nullptr) loop->drain();
  }
}

void Server::abort() {
  stop_being_ready();
  if (std::exchange(abort_ordered_, true)) return;
  // The loops wait for the jobs that are out.
  cpu_budget_->lift();
  for (const auto& loop : loops_) {
    if (loop != nullptr) loop->abort();
  }
}

bool Server::wait_finished(core::Duration limit) const { return wait_ended(serving_, limit); }

bool Server::wait_ended(const LoopGroup& group, core::Duration limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - core::Clock::now());
    pollfd request{group.ended.get(), POLLIN, 0};
    const int ready =
        ::poll(&request, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    // The count says once more what poll(2) says, so that what they read comes before what follows.
    if (ready > 0) return group.running.load() == 0;
    if (left.count() <= 0) return false;
  }
}

// Whoever asks it meanwhile still gets an answer.
bool Server::end_admin(core::TimePoint until) {
  if (admin_ == nullptr) return true;
  admin_->drain();
  if (wait_ended(admin_group_, kAdminDrainLimit)) return true;
  admin_->abort();
  return wait_ended(admin_group_, until - core::Clock::now());
}

// The loops have ended, so that nobody asks the desk any more, and are still there.
bool Server::end_auth(core::TimePoint until) {
  if (auth_ == nullptr) return true;
  if (!auth_->stop(until - core::Clock::now())) return false;
  auth_.reset();
  return true;
}

bool Server::close(core::Duration limit) {
  INVARIANT(!closed_);
  const core::TimePoint until = core::Clock::now() + limit;
  const bool watches_ended = watches_.stop(until);  // before what they post to
  const bool ended = wait_finished(limit) && end_admin(until) && watches_ended && end_auth(until);
  // A loop that waits for a stuck worker's job never ends; everything else still does.
  const bool idle =
      ended && files_.stop(until - core::Clock::now()) && tls_.stop(until - core::Clock::now());
  if (ended) {
    closing_.store(1);
    core::futex_wake(closing_, static_cast<std::uint32_t>(threads_.size()));
    for (std::thread& thread : threads_) thread.join();
  }
  for (const auto* log : {&access_log_, &error_log_}) {
    if (*log != nullptr) (*log)->stop(kLogLimit);
  }
  closed_ = true;
  return ended && idle;
}

Server::~Server() { INVARIANT(closed_); }

}  // namespace server
