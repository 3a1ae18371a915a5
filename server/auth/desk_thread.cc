#include "server/auth/desk_thread.h"

#include <pthread.h>

#include <csignal>
#include <functional>
#include <utility>

#include "core/base/invariant.h"
#include "core/io/backend.h"

namespace server {

core::Result<std::unique_ptr<DeskThread>> DeskThread::start(core::Workers& workers,
                                                            const PasswordDesk::Options& options) {
  std::unique_ptr<DeskThread> desk(new DeskThread);
  std::future<core::Result<void>> started = desk->started_.get_future();
  sigset_t all{};
  sigset_t before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the main thread's
  desk->thread_ = std::thread(&DeskThread::run, desk.get(), std::ref(workers), options);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(desk->thread_.native_handle(), "auth-desk");
  if (auto made = started.get(); !made) return core::unexpected(made.error());
  return desk;
}

DeskThread::~DeskThread() {
  INVARIANT(loop_ == nullptr || stop_ordered_);
  release_.set_value();
  thread_.join();
}

bool DeskThread::stop(core::Duration limit) {
  if (!std::exchange(stop_ordered_, true)) loop_->inbox().post(stop_message_);
  return ended_future_.wait_for(limit) == std::future_status::ready;
}

// The loop and the desk are built here and taken down here: a loop belongs to one thread.
void DeskThread::run(core::Workers& workers, const PasswordDesk::Options& options) {
  std::future<void> released = release_.get_future();
  auto loop = core::EventLoop::create(core::Engine{});
  if (!loop) return started_.set_value(core::unexpected(loop.error()));
  loop_ = std::move(*loop);
  desk_ = std::make_unique<PasswordDesk>(*loop_, workers, options);
  started_.set_value({});
  while (!stopping_ || !desk_->idle() || !loop_->idle()) loop_->turn();
  ended_.set_value();
  released.wait();
  desk_.reset();
  loop_.reset();
}

}  // namespace server
