// SimulatedWorkers: a lane whose jobs run when chance says so, in any order, and come home later
// still. One thread: "running" is a state, in which the job has its socket for itself.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/io/backend.h"
#include "core/work/workers.h"
#include "tests/simulation/handshake_watch.h"
#include "tests/simulation/kernel.h"
#include "tests/simulation/password_watch.h"

namespace simulation {

class SimulatedWorkers final : public core::Workers {
 public:
  struct Mood {
    double readiness = 0.6;  // that one more job is run now, or goes home
    double refusal = 0.02;   // that the lane is full
    double failure = 0;      // that a job throws
  };
  // Of passwords: who watches, on whose loop they come home.
  struct Passwords {
    PasswordWatch& watch;
    const core::Backend& desk;
  };
  SimulatedWorkers(Kernel& kernel, Random& random, const Mood& mood,
                   std::optional<Passwords> passwords = std::nullopt)
      : Workers(core::JobQueue::kJobsMax),
        kernel_(kernel),
        random_(random),
        mood_(mood),
        watch_(kernel),
        passwords_(passwords) {}

  using Workers::submit;
  using Workers::try_submit;
  [[nodiscard]] bool try_submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override;
  void submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override;
  void wake(std::size_t jobs) override;

  // Between turns: some jobs are run, some results go home.
  void step();
  [[nodiscard]] const HandshakeWatch& watch() const { return watch_; }
  [[nodiscard]] bool idle() const { return waiting_.empty() && done_.empty(); }

 private:
  void run(core::Job& job);

  Kernel& kernel_;
  Random& random_;
  const Mood mood_;
  HandshakeWatch watch_;
  const std::optional<Passwords> passwords_;
  std::vector<core::Job*> waiting_;
  std::vector<core::Job*> done_;  // run, not yet home
  bool woken_ = false;
};

}  // namespace simulation
