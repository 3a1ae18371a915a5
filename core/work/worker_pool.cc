#include "core/work/worker_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "core/base/futex.h"
#include "core/base/invariant.h"

namespace core {

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  INVARIANT(options_.threads > 0);
  // Signals are the main thread's: a worker inherits a mask that blocks them all.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { work(); });
    const std::string name = options_.name + "-" + std::to_string(i);
    pthread_setname_np(threads_.back().native_handle(), name.c_str());
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WorkerPool::~WorkerPool() {
  INVARIANT(stopping_.load());
  for (std::thread& thread : threads_) thread.join();
  INVARIANT(submitted_.empty());
}

bool WorkerPool::try_submit(Job& job, Inbox& home) {
  if (queued() >= options_.queue_jobs_max) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  submit(job, home);
  return true;
}

void WorkerPool::submit(Job& job, Inbox& home) {
  INVARIANT(!stopping_.load(std::memory_order_relaxed));
  job.set_home(home);
  queued_.fetch_add(1, std::memory_order_relaxed);
  submitted_.push(job);
}

void WorkerPool::wake(std::size_t jobs) {
  // A worker counts itself a sleeper, then looks at the submissions once more, then sleeps on the
  // ticket that it read before. All of it is sequentially consistent: either it sees the job, or we
  // see it.
  wake_ticket_.fetch_add(1);
  if (sleepers_.load() > 0) futex_wake(wake_ticket_, static_cast<std::uint32_t>(jobs));
}

bool WorkerPool::stop(Duration limit) {
  stopping_.store(true);
  wake(threads_.size());
  const TimePoint until = Clock::now() + limit;
  MutexLock lock(ended_mutex_);
  while (ended_ < threads_.size()) {
    if (ended_changed_.wait_until(ended_mutex_, until) == std::cv_status::timeout) break;
  }
  return ended_ == threads_.size();
}

void WorkerPool::work() {
  if (options_.nice != 0) {
    // setpriority(2) acts on a thread when given its id. Refused (EACCES) only for negative values.
    const auto thread_id = static_cast<id_t>(::syscall(SYS_gettid));
    static_cast<void>(::setpriority(PRIO_PROCESS, thread_id, options_.nice));
  }
  while (Job* job = next_job()) run(*job);
  MutexLock lock(ended_mutex_);
  ++ended_;
  ended_changed_.notify_all();
}

Job* WorkerPool::next_job() {
  for (;;) {
    const std::uint32_t ticket = wake_ticket_.load();
    {
      MutexLock lock(mutex_);
      if (Job* job = pop_queued()) return job;
    }
    if (stopping_.load()) return nullptr;
    sleep(ticket);
  }
}

Job* WorkerPool::pop_queued() {
  if (queue_head_ == nullptr) {
    for (Job* job = submitted_.take_all(); job != nullptr; job = job->next_in_stack) {
      (queue_head_ == nullptr ? queue_head_ : queue_tail_->next_in_queue) = job;
      queue_tail_ = job;
      job->next_in_queue = nullptr;
    }
    if (queue_head_ == nullptr) return nullptr;
  }
  Job* job = queue_head_;
  queue_head_ = job->next_in_queue;
  return job;
}

void WorkerPool::sleep(std::uint32_t ticket) {
  sleepers_.fetch_add(1);
  if (submitted_.empty() && !stopping_.load()) futex_wait(wake_ticket_, ticket);
  sleepers_.fetch_sub(1);
}

void WorkerPool::run(Job& job) {
  queued_.fetch_sub(1, std::memory_order_relaxed);
  // Once stopping, what is queued goes home unrun, so that every owner gets its job back.
  if (!stopping_.load(std::memory_order_relaxed)) job.perform();
  finished_.fetch_add(1, std::memory_order_relaxed);
  job.deliver();
}

}  // namespace core
