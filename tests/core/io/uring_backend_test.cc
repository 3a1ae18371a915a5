// Goal: what is io_uring's own. What both engines share is tested in backend_*_test.cc, for both.
// Method: real rings, where the system has them.

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "tests/core/base/death.h"
#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

using core::OperationKind;
using test::BackendDriver;
using test::TestOperation;

TEST_CASE("the ring names itself") {
  BackendDriver driver(test::Uring::kMake);
  if (!driver.ready()) return;
  CHECK(driver.backend().name() == "io_uring");
}

TEST_CASE("an operation that is in flight when its owner ends is a mistake of the program") {
  BackendDriver driver(test::Uring::kMake);
  if (!driver.ready()) return;
  const test::ConnectedSockets pair = test::unix_pair();
  CHECK(test::dies([&] {
    // Nothing is submitted by start(): the child does not touch the parent's ring.
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    driver.backend().start(receive.operation);
  }));
}

TEST_CASE("several rings at a time, ended in any order") {
  std::vector<std::unique_ptr<BackendDriver>> drivers;
  for (int i = 0; i < 4; ++i) {
    drivers.push_back(std::make_unique<BackendDriver>(test::Uring::kMake));
    if (!drivers.back()->ready()) return;
  }
  const test::ConnectedSockets pair = test::unix_pair();
  for (auto& driver : drivers) {
    CHECK(driver->result_of(OperationKind::kPollWritable, pair.ours.get()) >= 0);
  }
  drivers.erase(drivers.begin());
  for (auto& driver : drivers) {
    CHECK(driver->result_of(OperationKind::kPollWritable, pair.ours.get()) >= 0);
  }
}

// For ThreadSanitizer: the threads are ordered by nothing but the ring's end.
TEST_CASE("a ring takes the place of one that another thread has ended") {
  const test::ConnectedSockets pair = test::unix_pair();
  std::atomic<int> ended = 0;
  std::atomic<int> served = 0;
  const auto serve = [&](int turn) {
    while (ended.load(std::memory_order_relaxed) < turn) std::this_thread::yield();
    {
      BackendDriver driver(test::Uring::kMake);
      const bool serves =
          !driver.ready() || driver.result_of(OperationKind::kPollWritable, pair.ours.get()) >= 0;
      served.fetch_add(serves ? 1 : 0, std::memory_order_relaxed);
    }
    ended.fetch_add(1, std::memory_order_relaxed);
  };
  std::thread second(serve, 1);
  std::thread first(serve, 0);
  first.join();
  second.join();
  CHECK(served == 2);
}
