// WorkerPool: a lane, the threads for one class of work with bounded queues. Loops submit without
// taking a lock: jobs go onto a lock-free stack, workers move them to their queues behind a mutex
// that loops never take. Waking is apart from submitting, so that a loop pays for it once per
// phase.
//
// One queue runs at most `threads` jobs at a time, and queues are served in turn. One worker is
// kept to spare: whoever takes a job while nobody else is idle starts another worker first. So a
// queue whose jobs hang keeps `threads` workers and nothing more, until there are `threads_max`.
//
// Any thread, as marked. Made and stopped by whoever builds the server.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/thread_annotations.h"
#include "core/work/cpu_budget.h"
#include "core/work/lane_meter.h"
#include "core/work/workers.h"

namespace core {

class WorkerPool final : public Workers {
 public:
  static constexpr std::size_t kResultsMax = 16;

  struct Options {
    std::string name;                   // of the lane and its threads, at most 11 characters
    std::size_t threads = 4;            // jobs of one queue that run at a time
    std::size_t queue_jobs_max = 1024;  // of the lane's own queue: waiting, not running
    int nice = 0;
    std::size_t threads_max = 64;  // for all queues together
    // While jobs wait, a worker brings home so many results at a time (kResultsMax at most): a loop
    // that runs before its workers is woken, and takes their core, that much more rarely. Only for
    // jobs that cannot hang, because a result waits for those that gather with it.
    std::size_t results_at_a_time = 1;
    // What the workers' CPU time is paid from while it is limited, outlives the pool; null:
    // nothing.
    CpuBudget* budget = nullptr;
  };

  explicit WorkerPool(Options options);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // stop() must have returned true.
  ~WorkerPool() override;

  using Workers::submit;
  using Workers::try_submit;
  [[nodiscard]] bool try_submit(Job& job, Inbox& home, JobQueue& queue) override;
  void submit(Job& job, Inbox& home, JobQueue& queue) override;
  void wake(std::size_t jobs) override;

  // --- The owner.

  // No further job begins; true when every worker has ended within `limit`. A worker that is stuck
  // in the kernel (a hung mount) is never joined: then the process must end without destroying
  // this.
  [[nodiscard]] bool stop(Duration limit);

  // --- Any thread. Of all queues together.
  [[nodiscard]] std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t finished() const { return finished_.load(std::memory_order_relaxed); }
  // Of the finished ones: their run() threw.
  [[nodiscard]] std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }
  // Of the jobs that were run.
  [[nodiscard]] const LaneMeter& meter() const { return meter_; }
  // How many jobs of one queue it does in a second while more of them wait than it has threads, as
  // the last ones went; 0 before the first.
  [[nodiscard]] double drained_per_second() const;
  // Started so far; none ends before stop().
  [[nodiscard]] std::size_t threads() const { return threads_started_.load(); }

 private:
  // What one worker has at hand.
  struct Worker {
    std::vector<Job*> done;  // results to be brought home
    LaneMeter::Times times;  // of the last job that was run
    // Of its CPU time; without a limit none is counted.
    std::optional<Duration> paid;
    Duration last_cost{};  // what the next job is expected to spend
  };

  void push(Job& job, Inbox& home, JobQueue& queue);
  void start_worker(std::size_t number);
  void work(std::size_t number);
  void prepare_thread(std::size_t number) const;
  void sleep(std::uint32_t ticket);
  // Both: false: it was not run.
  [[nodiscard]] bool run_when_paid(Job& job, Worker& worker);
  [[nodiscard]] bool run(Job& job, TimePoint taken, TimePoint began, LaneMeter::Times& times);
  [[nodiscard]] Duration claim_cpu_time(Worker& worker);
  void deliver(std::vector<Job*>& jobs);

  void sort_submitted() REQUIRES(mutex_);
  void put_in_line(JobQueue& queue) REQUIRES(mutex_);
  void leave_queue(const Job& job) REQUIRES(mutex_);
  [[nodiscard]] Job* take_job() REQUIRES(mutex_);
  [[nodiscard]] bool take_spare(std::size_t& number) REQUIRES(mutex_);

  const Options options_;
  const std::string result_name_;  // for whoever asks what a loop is doing

  // Any thread.
  LockFreeStack<Job> submitted_;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> finished_{0};
  std::atomic<std::uint64_t> failed_{0};
  LaneMeter meter_;                            // written under the mutex
  std::atomic<std::uint32_t> wake_ticket_{0};  // a futex: sleepers wait for it to change
  std::atomic<std::uint32_t> sleepers_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> threads_started_{0};  // changed under the mutex

  // Workers and the owner. A queue is in one of the lists while jobs wait in it.
  Mutex mutex_;
  IntrusiveList<JobQueue> ready_ GUARDED_BY(mutex_);  // in turn
  IntrusiveList<JobQueue> held_ GUARDED_BY(mutex_);   // as many of its jobs run as may
  std::size_t busy_ GUARDED_BY(mutex_) = 0;
  std::size_t ended_ GUARDED_BY(mutex_) = 0;
  std::condition_variable_any ended_changed_;
  std::vector<std::thread> threads_ GUARDED_BY(mutex_);
};

}  // namespace core
