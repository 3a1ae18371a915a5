// WorkerPool: a lane, the threads for one class of work with a bounded queue. Loops submit without
// taking a lock: jobs go onto a lock-free stack, workers move them to the queue behind a mutex that
// only workers ever take. Waking is apart from submitting, so that a loop pays for it once per
// phase.
//
// Any thread, as marked. Made and stopped by whoever builds the server.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/thread_annotations.h"
#include "core/work/workers.h"

namespace core {

class WorkerPool final : public Workers {
 public:
  struct Options {
    std::string name;  // of the lane and its threads, at most 11 characters
    std::size_t threads = 4;
    std::size_t queue_jobs_max = 1024;  // waiting, not running
    int nice = 0;
  };

  explicit WorkerPool(Options options);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  // stop() must have returned true.
  ~WorkerPool() override;

  [[nodiscard]] bool try_submit(Job& job, Inbox& home) override;
  void submit(Job& job, Inbox& home) override;
  void wake(std::size_t jobs) override;

  // --- The owner.

  // No further job begins; true when every worker has ended within `limit`. A worker that is stuck
  // in the kernel (a hung mount) is never joined: then the process must end without destroying
  // this.
  [[nodiscard]] bool stop(Duration limit);

  // --- Any thread.
  [[nodiscard]] std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t finished() const { return finished_.load(std::memory_order_relaxed); }

 private:
  void work();
  [[nodiscard]] Job* next_job();
  [[nodiscard]] Job* pop_queued() REQUIRES(mutex_);
  void sleep(std::uint32_t ticket);
  void run(Job& job);

  const Options options_;

  // Any thread.
  LockFreeStack<Job> submitted_;
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> finished_{0};
  std::atomic<std::uint32_t> wake_ticket_{0};  // a futex: sleepers wait for it to change
  std::atomic<std::uint32_t> sleepers_{0};
  std::atomic<bool> stopping_{false};

  // Workers only.
  Mutex mutex_;
  Job* queue_head_ GUARDED_BY(mutex_) = nullptr;
  Job* queue_tail_ GUARDED_BY(mutex_) = nullptr;

  // The owner and ending workers.
  Mutex ended_mutex_;
  std::condition_variable_any ended_changed_;
  std::size_t ended_ GUARDED_BY(ended_mutex_) = 0;
  std::vector<std::thread> threads_;
};

}  // namespace core
