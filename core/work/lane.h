// Lane: one loop's end of a lane's workers. Submits the loop's jobs and wakes workers once per
// phase however many jobs the phase made. Loop thread only; belongs to the loop's side of the
// server, counts what is out so that the loop can wait for its jobs before it ends.
#pragma once

#include <cstddef>

#include "core/io/event_loop.h"
#include "core/work/workers.h"

namespace core {

class Lane {
 public:
  Lane(Workers& workers, EventLoop& loop)
      : workers_(workers), loop_(loop), wake_(Callback<void()>::to<&Lane::wake_workers>(*this)) {}

  // False when the queue is full: `queue`, or the lane's own.
  [[nodiscard]] bool try_submit(Job& job, JobQueue& queue) {
    return note(workers_.try_submit(job, loop_.inbox(), queue));
  }
  [[nodiscard]] bool try_submit(Job& job) { return note(workers_.try_submit(job, loop_.inbox())); }
  // null: the lane's own queue.
  void submit(Job& job, JobQueue* queue = nullptr) {
    if (queue != nullptr) {
      workers_.submit(job, loop_.inbox(), *queue);
    } else {
      workers_.submit(job, loop_.inbox());
    }
    note(true);
  }

 private:
  bool note(bool submitted) {
    if (submitted) {
      ++unwoken_;
      loop_.next_tick(wake_);
    }
    return submitted;
  }
  void wake_workers() {
    workers_.wake(unwoken_);
    unwoken_ = 0;
  }

  Workers& workers_;
  EventLoop& loop_;
  Task wake_;
  std::size_t unwoken_ = 0;
};

}  // namespace core
