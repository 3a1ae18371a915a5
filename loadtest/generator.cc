#include "loadtest/generator.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/io/backend.h"
#include "core/io/event_loop.h"
#include "loadtest/load_loop.h"

namespace loadtest {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};
constexpr std::chrono::milliseconds kShowEvery{500};
// Threads and rings take a moment; a schedule that began before them would begin late.
constexpr std::chrono::milliseconds kHeadStart{50};

struct Worker {
  core::Result<Tally> result{core::unexpected(core::Error{})};
  Progress progress;
  std::thread thread;
};

struct Totals {
  std::uint64_t requests = 0;
  std::uint64_t mishaps = 0;
  std::uint64_t waiting = 0;
  std::uint64_t opened = 0;
};

Totals totals_of(const std::vector<std::unique_ptr<Worker>>& workers) {
  Totals totals;
  for (const auto& worker : workers) {
    totals.requests += worker->progress.requests.load(std::memory_order_relaxed);
    totals.mishaps += worker->progress.mishaps.load(std::memory_order_relaxed);
    totals.waiting += worker->progress.waiting.load(std::memory_order_relaxed);
    totals.opened += worker->progress.opened.load(std::memory_order_relaxed);
  }
  return totals;
}

// All answers to a pipelined connection in one piece, and bodies in few.
constexpr std::size_t kReceiveBytes = std::size_t{32} * 1024;

core::Result<Tally> run_loop(const Plan& plan, const core::Engine& engine, const Share& share) {
  auto loop = core::EventLoop::create(engine, kReceiveBytes);
  if (!loop) return core::unexpected(std::move(loop.error()));
  LoadLoop load(plan, **loop, share);
  return load.run();
}

sigset_t signals_that_stop() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// The live line, and for idle connections the word that all are open.
class Display {
 public:
  explicit Display(const Plan& plan)
      : plan_(plan), live_(::isatty(STDERR_FILENO) == 1), began_(core::Clock::now()) {}

  void show(const Totals& totals) {
    if (plan_.options.idle && !said_open_ && totals.opened >= plan_.options.connections) {
      said_open_ = true;
      fmt::print(stderr, "{}all {} connections are open\n", live_ ? "\r\033[K" : "",
                 plan_.options.connections);
    }
    const core::TimePoint now = core::Clock::now();
    if (!live_ || now < shown_ + kShowEvery) return;
    const std::chrono::duration<double> since = now - shown_;
    const std::chrono::duration<double> elapsed = now - began_;
    const double rate =
        shown_ == core::TimePoint{}
            ? 0.0
            : static_cast<double>(totals.requests - requests_shown_) / since.count();
    fmt::print(stderr, "\r\033[K{:.1f} s  {} requests  {:.0f}/s  {} connections opened  {} errors",
               elapsed.count(), totals.requests, rate, totals.opened, totals.mishaps);
    if (plan_.options.rate) fmt::print(stderr, "  {} waiting", totals.waiting);
    shown_ = now;
    requests_shown_ = totals.requests;
  }

  void clear() const {
    if (live_) fmt::print(stderr, "\r\033[K");
  }

 private:
  const Plan& plan_;
  const bool live_;
  const core::TimePoint began_;
  bool said_open_ = false;
  core::TimePoint shown_;
  std::uint64_t requests_shown_ = 0;
};

core::Result<Outcome> collect(const std::vector<std::unique_ptr<Worker>>& workers) {
  Outcome outcome;
  for (const auto& worker : workers) {
    if (!worker->result) return core::unexpected(worker->result.error());
    outcome.tally.merge(*worker->result);
  }
  outcome.cpu = process_cpu_time() - outcome.tally.cpu_before;
  return outcome;
}

}  // namespace

core::Result<Outcome> run(const Plan& plan) {
  const auto engine = core::choose_engine(plan.options.engine, plan.options.loops);
  if (!engine) return core::unexpected(engine.error());
  const sigset_t signals = signals_that_stop();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);  // the loops inherit it

  std::atomic<bool> stop{false};
  std::counting_semaphore<> ended{0};
  core::TimePoint start = core::Clock::now();
  if (plan.options.rate) start += kHeadStart;
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < plan.options.loops; ++i) {
    workers.push_back(std::make_unique<Worker>());
    Worker& worker = *workers.back();
    worker.thread = std::thread([&plan, &engine, &stop, &ended, &worker, i, start] {
      worker.result = run_loop(plan, *engine, {i, start, stop, worker.progress});
      ended.release();
    });
  }
  Display display(plan);
  for (std::size_t left = workers.size(); left > 0;) {
    if (ended.try_acquire_for(kLookEvery)) --left;
    const timespec at_once{};
    if (sigtimedwait(&signals, nullptr, &at_once) > 0) stop = true;
    display.show(totals_of(workers));
  }
  display.clear();
  for (const auto& worker : workers) worker->thread.join();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return collect(workers);
}

}  // namespace loadtest
