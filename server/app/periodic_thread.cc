#include "server/app/periodic_thread.h"

#include <utility>

#include "core/base/invariant.h"

namespace server {

PeriodicThread::PeriodicThread(std::function<void()> work, core::Duration period)
    : work_(std::move(work)), period_(period), thread_([this] { run(); }) {}

PeriodicThread::~PeriodicThread() { INVARIANT(!thread_.joinable()); }

bool PeriodicThread::stop(core::Duration limit) {
  if (!thread_.joinable()) return true;
  {
    core::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    const core::TimePoint until = core::Clock::now() + limit;
    while (!ended_) {
      if (changed_.wait_until(mutex_, until) == std::cv_status::timeout && !ended_) return false;
    }
  }
  thread_.join();
  return true;
}

void PeriodicThread::run() {
  while (wait_for_period()) work_();
  core::MutexLock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool PeriodicThread::wait_for_period() {
  const core::TimePoint until = core::Clock::now() + period_;
  core::MutexLock lock(mutex_);
  while (!stopping_) {
    if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  return !stopping_;
}

}  // namespace server
