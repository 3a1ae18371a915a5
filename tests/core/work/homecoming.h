// What the tests of worker pools need: a gate that holds workers up, jobs made of functions, and an
// inbox that a test empties as a loop would. Gate: any thread. The rest: the test's thread, but for
// a job's run().
#pragma once

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <utility>

#include "core/base/clock.h"
#include "core/base/futex.h"
#include "core/work/worker_pool.h"

namespace test {

inline constexpr std::chrono::seconds kFailAfter{10};

// Closed until it is opened, for ever then.
class Gate {
 public:
  void pass() {
    waiting_.fetch_add(1);
    core::futex_wake(waiting_, std::numeric_limits<std::uint32_t>::max());
    while (open_.load() == 0) core::futex_wait(open_, 0);
  }
  void open() {
    open_.store(1);
    core::futex_wake(open_, std::numeric_limits<std::uint32_t>::max());
  }
  // False when fewer than `count` have come to the gate in time.
  [[nodiscard]] bool wait_for(std::uint32_t count) {
    const core::TimePoint give_up = core::Clock::now() + kFailAfter;
    for (;;) {
      const std::uint32_t waiting = waiting_.load();
      if (waiting >= count) return true;
      const core::TimePoint now = core::Clock::now();
      if (now >= give_up) return false;
      core::futex_wait(waiting_, waiting, give_up - now);
    }
  }
  // So far.
  [[nodiscard]] std::uint32_t arrived() const { return waiting_.load(); }

 private:
  std::atomic<std::uint32_t> open_{0};
  std::atomic<std::uint32_t> waiting_{0};
};

class FunctionJob : public core::Job {
 public:
  FunctionJob() = default;
  explicit FunctionJob(std::function<void()> on_run) : on_run_(std::move(on_run)) {}

  std::function<void()> on_finish;
  bool ran = false;
  int finished = 0;
  std::thread::id finished_on;

 protected:
  void run() override {
    ran = true;
    if (on_run_) on_run_();
  }
  void finish() override {
    ++finished;
    finished_on = std::this_thread::get_id();
    if (on_finish) on_finish();
  }

 private:
  std::function<void()> on_run_;
};

// How often the eventfd was written since it was read last.
[[nodiscard]] inline std::uint64_t wakeups(const core::Inbox& inbox) {
  pollfd request{inbox.event_fd(), POLLIN, 0};
  std::uint64_t count = 0;
  if (::poll(&request, 1, 0) != 1) return 0;
  return ::read(inbox.event_fd(), &count, sizeof count) == sizeof count ? count : 0;
}

// Delivers what comes home until `done()`; false when that took too long.
template <typename Done>
[[nodiscard]] bool drain_until(core::Inbox& inbox, Done done) {
  const core::TimePoint give_up = core::Clock::now() + kFailAfter;
  while (!done()) {
    pollfd request{inbox.event_fd(), POLLIN, 0};
    if (core::Clock::now() >= give_up) return false;
    if (::poll(&request, 1, 10'000) != 1) return false;
    std::uint64_t count = 0;
    if (::read(inbox.event_fd(), &count, sizeof count) != sizeof count) return false;
    inbox.drain();
  }
  return true;
}

inline core::WorkerPool::Options pool_options(std::size_t threads, std::size_t queue_jobs_max) {
  core::WorkerPool::Options options;
  options.name = "test";
  options.threads = threads;
  options.queue_jobs_max = queue_jobs_max;
  return options;
}

}  // namespace test
