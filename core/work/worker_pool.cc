#include "core/work/worker_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>
#include <exception>
#include <utility>

#include "core/base/futex.h"
#include "core/base/invariant.h"

namespace core {
namespace {

Duration thread_cpu_time() {
  timespec time{};
  INVARIANT(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

WorkerPool::WorkerPool(Options options)
    : Workers(options.queue_jobs_max),
      options_(std::move(options)),
      result_name_("a result of the " + options_.name + " lane") {
  INVARIANT(options_.threads > 0 && options_.threads_max > 0);
  INVARIANT(options_.results_at_a_time > 0 && options_.results_at_a_time <= kResultsMax);
  threads_started_ = 1;
  {
    MutexLock lock(mutex_);
    threads_.reserve(options_.threads_max);  // a worker that finds no memory need not end us
  }
  // Signals are the main thread's: a worker inherits a mask that blocks them all.
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  start_worker(0);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  INVARIANT(threads_started_ == 1);
}

WorkerPool::~WorkerPool() {
  INVARIANT(stopping_.load());
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
  INVARIANT(submitted_.empty());
}

bool WorkerPool::try_submit(Job& job, Inbox& home, JobQueue& queue) {
  if (!queue.try_count()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  push(job, home, queue);
  return true;
}

void WorkerPool::submit(Job& job, Inbox& home, JobQueue& queue) {
  queue.count();
  push(job, home, queue);
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
  wake(options_.threads_max);
  if (options_.budget != nullptr) options_.budget->wake();
  const TimePoint until = Clock::now() + limit;
  MutexLock lock(mutex_);
  while (ended_ < threads_started_) {
    if (ended_changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  return ended_ == threads_started_;
}

void WorkerPool::push(Job& job, Inbox& home, JobQueue& queue) {
  INVARIANT(!stopping_.load(std::memory_order_relaxed));
  job.set_home(home, &result_name_);
  job.queue = &queue;
  job.submitted_at = Clock::now();
  queued_.fetch_add(1, std::memory_order_relaxed);
  submitted_.push(job);
}

// The worker is counted already. When the kernel has no thread for us we do with what there is, and
// whoever takes the next job tries again.
void WorkerPool::start_worker(std::size_t number) {
  try {
    std::thread thread([this, number] { work(number); });
    MutexLock lock(mutex_);
    threads_.push_back(std::move(thread));
  } catch (const std::exception&) {  // system_error, bad_alloc
    MutexLock lock(mutex_);
    --threads_started_;
  }
}

void WorkerPool::work(std::size_t number) {
  prepare_thread(number);
  Worker worker;
  worker.done.reserve(options_.results_at_a_time);
  Job* job = nullptr;
  bool has_run = false;
  for (;;) {
    const std::uint32_t ticket = wake_ticket_.load();
    std::size_t spare = 0;
    bool starts_spare = false;
    {
      MutexLock lock(mutex_);
      if (job != nullptr) leave_queue(*job);
      if (has_run) meter_.note(worker.times);
      sort_submitted();
      job = take_job();
      starts_spare = job != nullptr && take_spare(spare);
    }
    if (job == nullptr || worker.done.size() == options_.results_at_a_time) deliver(worker.done);
    if (starts_spare) start_worker(spare);
    if (job == nullptr) {
      has_run = false;
      if (stopping_.load()) break;
      sleep(ticket);
      continue;
    }
    has_run = run_when_paid(*job, worker);
    worker.done.push_back(job);
  }
  MutexLock lock(mutex_);
  ++ended_;
  ended_changed_.notify_all();
}

// A limit may come and go from one job to the next.
bool WorkerPool::run_when_paid(Job& job, Worker& worker) {
  const TimePoint taken = Clock::now();
  if (options_.budget == nullptr || !options_.budget->is_limited()) {
    worker.paid.reset();
    return run(job, taken, taken, worker.times);
  }
  if (!worker.paid) worker.paid = thread_cpu_time();
  const Duration claimed = job.abandoned() ? Duration::zero() : claim_cpu_time(worker);
  const bool has_run = run(job, taken, Clock::now(), worker.times);
  const Duration before = *std::exchange(worker.paid, thread_cpu_time());
  const Duration cost = *worker.paid - before;
  if (has_run) worker.last_cost = cost;
  options_.budget->spend(cost - claimed, Clock::now());
  return has_run;
}

// Results that have gathered do not wait for it.
Duration WorkerPool::claim_cpu_time(Worker& worker) {
  const Duration cost = worker.last_cost;
  if (options_.budget->try_claim(cost, Clock::now())) return cost;
  deliver(worker.done);
  return options_.budget->wait_to_claim(cost, stopping_) ? cost : Duration::zero();
}

bool WorkerPool::run(Job& job, TimePoint taken, TimePoint began, LaneMeter::Times& times) {
  // Once stopping, what is queued goes home unrun, so that every owner gets its job back.
  if (stopping_.load(std::memory_order_relaxed)) return false;
  const bool has_run = job.perform();
  const TimePoint ended = Clock::now();
  times = {began - job.submitted_at, ended - began, ended - taken};
  if (job.failed()) failed_.fetch_add(1, std::memory_order_relaxed);
  return has_run;
}

double WorkerPool::drained_per_second() const {
  const Duration held = meter_.recently_held();
  if (held == Duration::zero()) return 0.0;
  return static_cast<double>(options_.threads) / std::chrono::duration<double>(held).count();
}

void WorkerPool::prepare_thread(std::size_t number) const {
  const std::string name = options_.name + "-" + std::to_string(number);
  pthread_setname_np(pthread_self(), name.c_str());
  if (options_.nice == 0) return;
  // setpriority(2) acts on a thread when given its id. Refused (EACCES) only for negative values.
  const auto thread_id = static_cast<id_t>(::syscall(SYS_gettid));
  static_cast<void>(::setpriority(PRIO_PROCESS, thread_id, options_.nice));
}

void WorkerPool::sleep(std::uint32_t ticket) {
  sleepers_.fetch_add(1);
  if (submitted_.empty() && !stopping_.load()) futex_wait(wake_ticket_, ticket);
  sleepers_.fetch_sub(1);
}

// From here on their loops may destroy the jobs, and their queues too.
void WorkerPool::deliver(std::vector<Job*>& jobs) {
  finished_.fetch_add(jobs.size(), std::memory_order_relaxed);
  std::array<Inbox*, kResultsMax> to_wake{};
  std::size_t homes = 0;
  for (Job* job : jobs) {
    if (Inbox* home = job->put_home(); home != nullptr) to_wake[homes++] = home;
  }
  for (std::size_t i = 0; i < homes; ++i) to_wake[i]->wake();
  jobs.clear();
}

void WorkerPool::sort_submitted() {
  if (submitted_.empty()) return;
  for (Job* job = submitted_.take_all(); job != nullptr; job = job->next_in_stack) {
    JobQueue& queue = *job->queue;
    const bool was_empty = queue.head_ == nullptr;
    (was_empty ? queue.head_ : queue.tail_->next_in_queue) = job;
    queue.tail_ = job;
    job->next_in_queue = nullptr;
    if (was_empty) put_in_line(queue);
  }
}

void WorkerPool::put_in_line(JobQueue& queue) {
  queue.unlink();
  if (queue.head_ == nullptr) return;
  (queue.running_ < options_.threads ? ready_ : held_).push_back(queue);
}

void WorkerPool::leave_queue(const Job& job) {
  JobQueue& queue = *job.queue;
  INVARIANT(queue.running_ > 0 && busy_ > 0);
  --busy_;
  // Ready already, it keeps its turn.
  if (queue.running_-- == options_.threads) put_in_line(queue);
}

Job* WorkerPool::take_job() {
  JobQueue* queue = ready_.front();
  // What will not be run has to wait for nobody.
  if (queue == nullptr && stopping_.load(std::memory_order_relaxed)) queue = held_.front();
  if (queue == nullptr) return nullptr;
  Job* job = queue->head_;
  queue->head_ = job->next_in_queue;
  queue->queued_.fetch_sub(1, std::memory_order_relaxed);
  queued_.fetch_sub(1, std::memory_order_relaxed);
  ++queue->running_;
  ++busy_;
  put_in_line(*queue);
  return job;
}

// True when the caller, who has taken a job, is to start worker `number`.
bool WorkerPool::take_spare(std::size_t& number) {
  const std::size_t started = threads_started_;
  if (busy_ < started || started == options_.threads_max || stopping_.load()) return false;
  number = started;
  ++threads_started_;
  return true;
}

}  // namespace core
