#include "tests/core/probe/probed_loop.h"

#include <string_view>
#include <thread>
#include <utility>

#include "core/probe/thread_usage.h"

namespace test {
namespace {

class Work {
 public:
  explicit Work(const std::function<void()>& work) : work_(work) {}
  core::Task task{core::Callback<void()>::to<&Work::run>(*this)};

 private:
  void run() { work_(); }
  const std::function<void()>& work_;
};

class SlowSockets final : public core::Backend {
 public:
  explicit SlowSockets(std::unique_ptr<core::Backend> epoll) : epoll_(std::move(epoll)) {}
  void start(core::Operation& operation) override { epoll_->start(operation); }
  void cancel(core::Operation& operation) override { epoll_->cancel(operation); }
  void wait(core::Duration, core::CompletionQueue& completions) override {
    now_ += kSlowLook;
    epoll_->wait(core::Duration::zero(), completions);
  }
  [[nodiscard]] std::string_view name() const override { return epoll_->name(); }
  [[nodiscard]] core::TimePoint now() const override { return now_; }

 private:
  const std::unique_ptr<core::Backend> epoll_;
  core::TimePoint now_{std::chrono::hours(1)};
};

core::Result<std::unique_ptr<core::Backend>> make_slow_backend(core::BufferPool& buffers) {
  auto epoll = core::make_epoll_backend(buffers);
  if (!epoll) return core::unexpected(std::move(epoll.error()));
  return std::make_unique<SlowSockets>(std::move(*epoll));
}

}  // namespace

std::unique_ptr<core::EventLoop> make_slow_loop() {
  auto loop = core::EventLoop::create(make_slow_backend);
  REQUIRE(loop);
  return std::move(*loop);
}

void turn_with(core::EventLoop& loop, const std::function<void()>& work) {
  Work now(work);
  const std::function<void()> nothing = [] {};
  Work then(nothing);  // so that the next turn does not wait
  loop.check(now.task);
  loop.turn();
  loop.check(then.task);
  loop.turn();
}

void do_nothing_for(core::Duration time) {
  std::this_thread::sleep_for(time);  // tidy: sleeps because that is what is to be noticed
}

void spin_for(core::Duration time) {
  const core::TimePoint began = core::Clock::now();
  while (core::Clock::now() - began < time) {
  }
}

void compute_for(core::Duration cpu_time) {
  const core::Duration began = core::ThreadUsage::of_this_thread().cpu_time;
  while (core::ThreadUsage::of_this_thread().cpu_time - began < cpu_time) {
  }
}

}  // namespace test
