// Workers: whoever runs the jobs of a lane: a pool of threads (worker_pool.h), or a test that
// decides which job runs when. Loops submit; what a job brings is delivered to `home`.
#pragma once

#include <cstddef>

#include "core/work/job.h"
#include "core/work/job_queue.h"

namespace core {

class Workers {
 public:
  // Of the lane's own queue.
  explicit Workers(std::size_t queue_jobs_max) : own_queue_(queue_jobs_max) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  virtual ~Workers() = default;

  // --- Loop threads.

  // False when the queue is full: the job stays the caller's.
  [[nodiscard]] virtual bool try_submit(Job& job, Inbox& home, JobQueue& queue) = 0;
  // For work whose amount is bounded elsewhere and which cannot be refused any more.
  virtual void submit(Job& job, Inbox& home, JobQueue& queue) = 0;
  // Wakes at most `jobs` workers; to be called once after the submissions of a phase.
  virtual void wake(std::size_t jobs) = 0;

  // Jobs that belong to nobody in particular.
  [[nodiscard]] bool try_submit(Job& job, Inbox& home) { return try_submit(job, home, own_queue_); }
  void submit(Job& job, Inbox& home) { submit(job, home, own_queue_); }

 private:
  JobQueue own_queue_;
};

}  // namespace core
