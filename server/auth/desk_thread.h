// DeskThread: the password desk on its loop and thread ("auth-desk"). Made and stopped by whoever
// builds the server; the desk is there from start() until this is destroyed.
//
// At the end, because who posts a message touches the inbox a moment longer than its loop needs to
// read it: serving loops have ended but are still there, stop(), the workers are stopped, this is
// destroyed, then the serving loops are.
#pragma once

#include <future>
#include <memory>
#include <thread>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/io/event_loop.h"
#include "server/auth/password_desk.h"

namespace server {

class DeskThread {
 public:
  // Waits until the desk is there. `workers` outlives this. The loop is an epoll one: a ring would
  // lock memory that the serving loops may need.
  [[nodiscard]] static core::Result<std::unique_ptr<DeskThread>> start(
      core::Workers& workers, const PasswordDesk::Options& options);
  DeskThread(const DeskThread&) = delete;
  DeskThread& operator=(const DeskThread&) = delete;
  // stop() has returned true, and the workers have been stopped.
  ~DeskThread();

  // Every gate is idle by now. True when the desk is too, within `limit`: no job is out. A hash
  // that takes longer is never waited for: then the process must end without destroying this.
  [[nodiscard]] bool stop(core::Duration limit);

  [[nodiscard]] PasswordDesk& desk() { return *desk_; }

 private:
  DeskThread() : stop_message_(core::Callback<void()>::to<&DeskThread::on_stop>(*this)) {}
  void run(core::Workers& workers, const PasswordDesk::Options& options);
  void on_stop() { stopping_ = true; }

  // The owner's, until it has waited for the thread.
  bool stop_ordered_ = false;
  std::promise<void> release_;

  // The thread's, and everybody's once it has started.
  std::unique_ptr<core::EventLoop> loop_;
  std::unique_ptr<PasswordDesk> desk_;
  std::promise<core::Result<void>> started_;
  std::promise<void> ended_;
  bool stopping_ = false;
  core::Message stop_message_;

  std::future<void> ended_future_ = ended_.get_future();
  std::thread thread_;
};

}  // namespace server
