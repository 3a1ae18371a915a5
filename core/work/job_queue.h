// JobQueue: the jobs of one customer of a worker pool (one root of files, say). It bounds how many
// of them wait, and the pool bounds how many run at a time, so that a customer whose jobs hang
// takes neither the others' places nor all of the workers. Owned by whoever it serves; outlives its
// jobs' finish().
//
// Loops touch the counts alone, which any thread may read. The list belongs to the pool's workers,
// under the pool's mutex.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/intrusive_list.h"
#include "core/base/invariant.h"

namespace core {

class Job;

class JobQueue : public ListHook<JobQueue> {
 public:
  static constexpr std::size_t kJobsMax = 1024;

  explicit JobQueue(std::size_t jobs_max = kJobsMax) : jobs_max_(jobs_max) {}
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;
  ~JobQueue() { INVARIANT(queued() == 0 && head_ == nullptr && running_ == 0); }

  // --- Any thread.

  // Waiting, not running.
  [[nodiscard]] std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  friend class WorkerPool;

  // Loop threads. Counted first and looked at then: loops that come together never pass the limit.
  [[nodiscard]] bool try_count() {
    if (queued_.fetch_add(1, std::memory_order_relaxed) < jobs_max_) return true;
    queued_.fetch_sub(1, std::memory_order_relaxed);
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  void count() { queued_.fetch_add(1, std::memory_order_relaxed); }

  const std::size_t jobs_max_;

  // Any thread.
  std::atomic<std::size_t> queued_{0};
  std::atomic<std::uint64_t> refused_{0};

  // Workers only, under their pool's mutex.
  Job* head_ = nullptr;
  Job* tail_ = nullptr;
  std::size_t running_ = 0;
};

}  // namespace core
