#include "tests/core/probe/probed_loop.h"

#include <thread>

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

}  // namespace

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
