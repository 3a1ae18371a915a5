// Job: one piece of work that could make a loop wait. run() on a worker, then finish() on the loop
// that submitted it. Between submit and finish the job belongs to the lane: nobody else touches it
// but to set the abandoned flag. A run() that throws has failed, which finish() has to ask for:
// what it left behind is no result. Its memory comes from its loop and returns to it: a worker
// neither allocates nor frees what a loop will free or allocate (a niced thread inside malloc's
// arena would stop the loop).
#pragma once

#include <atomic>
#include <string>

#include "core/base/clock.h"
#include "core/io/inbox.h"

namespace core {

class JobQueue;

class Job : public LockFreeStack<Job>::Link {
 public:
  Job() : delivery_(Callback<void()>::to<&Job::on_delivery>(*this)) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  // Nobody waits for the result any more: a job that has not begun is not run. finish() is called
  // all the same. Any thread.
  void abandon() { abandoned_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

  // run() has thrown. For finish() and whoever it tells.
  [[nodiscard]] bool failed() const { return failed_; }

  // --- For Workers.

  // Loop thread, when it is submitted. `name` is what its result is called, see Message.
  void set_home(Inbox& home, const std::string* name = nullptr) {
    home_ = &home;
    delivery_.name = name;
    failed_ = false;
  }
  // Worker thread. Runs it unless it was abandoned; false: it was. One job that finds no memory,
  // say, is its owner's failure and nobody else's.
  bool perform() {
    if (abandoned()) return false;
    try {
      run();
    } catch (...) {
      fail();
    }
    return true;
  }
  // Worker thread. It did not come to its end.
  void fail() { failed_ = true; }
  // Worker thread. Sends it home; from then on it is its loop's again.
  void deliver() {
    if (Inbox* to_wake = put_home(); to_wake != nullptr) to_wake->wake();
  }
  // deliver() in two steps, see Inbox::put(): the inbox that is to be woken, else null.
  [[nodiscard]] Inbox* put_home() {
    Inbox* home = home_;
    return home->put(delivery_) ? home : nullptr;
  }
  JobQueue* queue = nullptr;  // since it was submitted
  Job* next_in_queue = nullptr;
  TimePoint submitted_at;

 protected:
  // Worker thread. May block.
  virtual void run() = 0;
  // Loop thread. May destroy the job.
  virtual void finish() = 0;

 private:
  void on_delivery() { finish(); }

  Message delivery_;
  Inbox* home_ = nullptr;
  bool failed_ = false;
  std::atomic<bool> abandoned_{false};
};

}  // namespace core
