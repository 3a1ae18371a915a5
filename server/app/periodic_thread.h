// PeriodicThread: work that is done again and again on a thread of its own, because it may hang: a
// look at files, say. The owner makes and stops it; the work runs on its thread alone.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/clock.h"
#include "core/base/thread_annotations.h"

namespace server {

class PeriodicThread {
 public:
  // `work` runs a period from now for the first time, and then each time a period after its end.
  PeriodicThread(std::function<void()> work, core::Duration period);
  PeriodicThread(const PeriodicThread&) = delete;
  PeriodicThread& operator=(const PeriodicThread&) = delete;
  // stop() must have returned true.
  ~PeriodicThread();

  // False when the work hangs beyond `limit`: then what it uses must stay.
  [[nodiscard]] bool stop(core::Duration limit);

 private:
  void run();
  [[nodiscard]] bool wait_for_period();

  const std::function<void()> work_;
  const core::Duration period_;

  core::Mutex mutex_;
  std::condition_variable_any changed_;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace server
