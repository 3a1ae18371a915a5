// Goal: a thread's CPU time and its waits are told apart. Method: computing, and waiting for
// another thread, each for a known time.

#include "core/probe/thread_usage.h"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <thread>

#include "tests/core/probe/probed_loop.h"

using namespace std::chrono_literals;
using core::ThreadUsage;

TEST_CASE("computing takes CPU time") {
  const ThreadUsage before = ThreadUsage::of_this_thread();
  test::spin_for(20ms);
  const ThreadUsage used = ThreadUsage::of_this_thread() - before;
  CHECK(used.cpu_time > 0ms);
  CHECK(used.cpu_time <= 25ms);
}

TEST_CASE("waiting takes none, and is counted") {
  const ThreadUsage before = ThreadUsage::of_this_thread();
  test::do_nothing_for(20ms);
  const ThreadUsage used = ThreadUsage::of_this_thread() - before;
  CHECK(used.cpu_time < 10ms);
  CHECK(used.voluntary_switches >= 1);
}

TEST_CASE("another thread's usage is not this one's") {
  const ThreadUsage before = ThreadUsage::of_this_thread();
  ThreadUsage others;
  std::thread([&] {
    test::compute_for(20ms);
    others = ThreadUsage::of_this_thread();
  }).join();
  CHECK(others.cpu_time >= 20ms);
  CHECK((ThreadUsage::of_this_thread() - before).cpu_time < 20ms);
}
