// While it lives, another thread computes on this thread's processor, and this thread is the less
// important one, which it stays: whoever became less important may not take it back.
#pragma once

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace test {

class TakenProcessor {
 public:
  TakenProcessor() {
    CPU_ZERO(&before_);
    REQUIRE(::sched_getaffinity(0, sizeof before_, &before_) == 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    rival_ = std::thread([this] {
      runs_.store(true);
      while (!stop_.load(std::memory_order_relaxed)) {
      }
    });
    while (!runs_.load()) ::sched_yield();
    REQUIRE(::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 19) == 0);
  }
  TakenProcessor(const TakenProcessor&) = delete;
  TakenProcessor& operator=(const TakenProcessor&) = delete;
  ~TakenProcessor() {
    stop_.store(true);
    rival_.join();
    ::sched_setaffinity(0, sizeof before_, &before_);
  }

 private:
  cpu_set_t before_{};
  std::atomic<bool> runs_{false};
  std::atomic<bool> stop_{false};
  std::thread rival_;
};

}  // namespace test
