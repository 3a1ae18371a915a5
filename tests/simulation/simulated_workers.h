// SimulatedWorkers: a lane whose jobs run when chance says so, in any order, and come home later
// still. One thread: "running" is a state, in which the job has its socket for itself.
#pragma once

#include <cstddef>
#include <vector>

#include "core/work/workers.h"
#include "tests/simulation/kernel.h"

namespace simulation {

class SimulatedWorkers final : public core::Workers {
 public:
  SimulatedWorkers(Kernel& kernel, Random& random)
      : Workers(core::JobQueue::kJobsMax), kernel_(kernel), random_(random) {}

  using Workers::submit;
  using Workers::try_submit;
  [[nodiscard]] bool try_submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override;
  void submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override;
  void wake(std::size_t jobs) override;

  // Between turns: some jobs are run, some results go home.
  void step();
  [[nodiscard]] bool idle() const { return waiting_.empty() && done_.empty(); }

 private:
  Kernel& kernel_;
  Random& random_;
  std::vector<core::Job*> waiting_;
  std::vector<core::Job*> done_;  // run, not yet home
  bool woken_ = false;
};

}  // namespace simulation
