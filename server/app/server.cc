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
#include "server/app/files_lane.h"

namespace server {
namespace {

// For what the access log has still to write, when whoever reads it has stopped reading.
constexpr std::chrono::milliseconds kLogLimit{1000};
// All loops together.
constexpr std::size_t kCacheBytesMax = std::size_t{128} << 20;

}  // namespace

Server::Server(const Setup& setup)
    : policies_(setup.policies),
      limit_(setup.connections_max, setup.snapshot->config().limits.connections_per_address),
      files_(files_lane_options(setup.snapshot->config().lanes.files)),
      finished_event_(::eventfd(0, EFD_CLOEXEC)) {
  INVARIANT(finished_event_.valid());
  if (setup.access_log_fd >= 0) {
    access_log_ = std::make_unique<core::LogWriter>(setup.access_log_fd, access_formatter_);
  }
  if (setup.error_log_fd >= 0) {
    error_log_ = std::make_unique<core::LogWriter>(setup.error_log_fd, error_formatter_);
  }
}

core::Result<std::unique_ptr<Server>> Server::start(Setup setup) {
  std::unique_ptr<Server> server(new Server(setup));
  if (auto started = server->start_loops(setup); !started) {
    server->abort();
    static_cast<void>(server->close(std::chrono::seconds(5)));
    return core::unexpected(started.error());
  }
  return server;
}

core::Result<void> Server::start_loops(Setup& setup) {
  std::vector<std::future<core::Result<void>>> started;
  loops_.resize(setup.loops);
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the main thread's
  for (std::size_t index = 0; index < setup.loops; ++index) {
    std::promise<core::Result<void>> promise;
    started.push_back(promise.get_future());
    running_.fetch_add(1);
    threads_.emplace_back(&Server::run_loop, this, index, setup.engine, loop_setup(setup, index),
                          std::move(promise));
    pthread_setname_np(threads_.back().native_handle(), ("loop-" + std::to_string(index)).c_str());
  }
  for (const auto* log : {&access_log_, &error_log_}) {
    if (*log != nullptr) (*log)->start();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  core::Result<void> result;
  for (auto& future : started) {
    if (auto one = future.get(); !one) result = one;
  }
  return result;
}

ServingLoop::Setup Server::loop_setup(Setup& setup, std::size_t index) {
  ServingLoop::Setup loop{static_cast<std::uint32_t>(index),
                          setup.snapshot,
                          files_,
                          limit_,
                          ready_,
                          nullptr,
                          nullptr,
                          kCacheBytesMax / setup.loops,
                          {},
                          policies_};
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

// The body of a loop's thread. A ring belongs to the thread that made it, so the loop is built and
// taken down here; in between the main thread may post to it until close().
void Server::run_loop(std::size_t index, const core::Engine& engine, ServingLoop::Setup setup,
                      std::promise<core::Result<void>> started) {
  auto loop = ServingLoop::create(engine, std::move(setup));
  if (loop) {
    loops_[index] = std::move(*loop);
    started.set_value({});
    loops_[index]->run();
  } else {
    started.set_value(core::unexpected(loop.error()));
  }
  on_loop_ended();
  while (closing_.load() == 0) core::futex_wait(closing_, 0);
  loops_[index].reset();
}

void Server::on_loop_ended() {
  if (running_.fetch_sub(1) > 1) return;
  const std::uint64_t one = 1;
  while (::write(finished_event_.get(), &one, sizeof one) < 0) INVARIANT(errno == EINTR);
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
  for (const auto& loop : loops_) {
    if (loop != nullptr) loop->abort();
  }
}

bool Server::wait_finished(core::Duration limit) const {
  const core::TimePoint until = core::Clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - core::Clock::now());
    pollfd request{finished_event(), POLLIN, 0};
    const int ready =
        ::poll(&request, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (left.count() <= 0) return false;
  }
}

bool Server::close(core::Duration limit) {
  INVARIANT(!closed_);
  const core::TimePoint until = core::Clock::now() + limit;
  const bool ended = wait_finished(limit);
  // A loop that waits for a stuck worker's job never ends; everything else still does.
  const bool idle = ended && files_.stop(until - core::Clock::now());
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
