// FailingWorkers: workers before real ones, whose jobs fail for as long as a test wants: a job does
// nothing, or all of its work, and then fails. Nothing of it may be taken for a result. The loop's
// thread only, save what the real workers do.
#pragma once

#include "core/work/workers.h"

namespace test {

class FailingWorkers final : public core::Workers {
 public:
  enum class Failure { kNone, kBeforeRun, kAfterRun };

  explicit FailingWorkers(core::Workers& workers)
      : Workers(core::JobQueue::kJobsMax), workers_(workers) {}

  Failure failure = Failure::kNone;

  using Workers::submit;
  using Workers::try_submit;
  [[nodiscard]] bool try_submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override {
    if (failure == Failure::kNone) return workers_.try_submit(job, home, queue);
    fail(job, home);
    return true;
  }
  void submit(core::Job& job, core::Inbox& home, core::JobQueue& queue) override {
    if (failure == Failure::kNone) return workers_.submit(job, home, queue);
    fail(job, home);
  }
  void wake(std::size_t jobs) override { workers_.wake(jobs); }

 private:
  void fail(core::Job& job, core::Inbox& home) const {
    job.set_home(home);
    if (failure == Failure::kAfterRun) job.perform();
    job.fail();
    job.deliver();
  }

  core::Workers& workers_;
};

}  // namespace test
