#include "loadtest/generator.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <utility>

#include "core/base/clock.h"

namespace loadtest {
namespace {

constexpr std::chrono::milliseconds kLookEvery{100};
constexpr std::chrono::milliseconds kShowEvery{500};

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

  void show(const LoadRun::Totals& totals) {
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

}  // namespace

core::Result<Outcome> run(const Plan& plan) {
  const sigset_t signals = signals_that_stop();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  auto load = LoadRun::start(plan);
  if (load) {
    Display display(plan);
    while (!(*load)->ended_within(kLookEvery)) {
      const timespec at_once{};
      if (sigtimedwait(&signals, nullptr, &at_once) > 0) (*load)->stop();
      display.show((*load)->totals());
    }
    display.clear();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!load) return core::unexpected(std::move(load.error()));
  return (*load)->finish();
}

}  // namespace loadtest
