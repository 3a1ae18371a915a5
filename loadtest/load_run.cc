#include "loadtest/load_run.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <utility>

#include "core/io/event_loop.h"
#include "loadtest/load_loop.h"

namespace loadtest {
namespace {

// Threads and rings take a moment; a schedule that began before them would begin late.
constexpr std::chrono::milliseconds kHeadStart{50};
// All answers to a pipelined connection in one piece, and bodies in few.
constexpr std::size_t kReceiveBytes = std::size_t{32} * 1024;

core::TimePoint start_of(const Plan& plan) {
  const core::TimePoint now = core::Clock::now();
  return plan.options.rate ? now + kHeadStart : now;
}

// Of this thread (setpriority(2): on Linux a process is a thread here).
void be_nice(int nice) {
  const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
  static_cast<void>(::setpriority(PRIO_PROCESS, thread, nice));
}

core::Result<Tally> run_loop(const Plan& plan, const core::Engine& engine, const Share& share) {
  if (plan.options.nice != 0) be_nice(plan.options.nice);
  auto loop = core::EventLoop::create(engine, kReceiveBytes);
  if (!loop) return core::unexpected(std::move(loop.error()));
  LoadLoop load(plan, **loop, share);
  return load.run();
}

}  // namespace

struct LoadRun::Worker {
  core::Result<Tally> result{core::unexpected(core::Error{})};
  Progress progress;
  std::thread thread;
};

LoadRun::LoadRun(const Plan& plan, core::Engine engine)
    : plan_(plan), engine_(std::move(engine)), start_(start_of(plan)) {}

LoadRun::~LoadRun() {
  stop();
  join();
}

core::Result<std::unique_ptr<LoadRun>> LoadRun::start(const Plan& plan) {
  auto engine = core::choose_engine(plan.options.engine, plan.options.loops);
  if (!engine) return core::unexpected(std::move(engine.error()));
  std::unique_ptr<LoadRun> run(new LoadRun(plan, std::move(*engine)));
  run->start_workers();
  return run;
}

void LoadRun::start_workers() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // the loops inherit it
  while (running_ < plan_.options.loops) {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    worker.thread = std::thread([this, &worker, index = running_] {
      worker.result = run_loop(plan_, engine_, {index, start_, stop_, worker.progress});
      ended_.release();
    });
    ++running_;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LoadRun::Totals LoadRun::totals() const {
  Totals totals;
  for (const auto& worker : workers_) {
    totals.requests += worker->progress.requests.load(std::memory_order_relaxed);
    totals.mishaps += worker->progress.mishaps.load(std::memory_order_relaxed);
    totals.waiting += worker->progress.waiting.load(std::memory_order_relaxed);
    totals.opened += worker->progress.opened.load(std::memory_order_relaxed);
  }
  return totals;
}

bool LoadRun::ended_within(std::chrono::milliseconds limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  while (running_ > 0 && ended_.try_acquire_until(until)) --running_;
  return running_ == 0;
}

void LoadRun::join() {
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

core::Result<Outcome> LoadRun::finish() {
  join();
  Outcome outcome;
  for (const auto& worker : workers_) {
    if (!worker->result) return core::unexpected(worker->result.error());
    outcome.tally.merge(*worker->result);
  }
  outcome.cpu = process_cpu_time() - outcome.tally.cpu_before;
  return outcome;
}

}  // namespace loadtest
