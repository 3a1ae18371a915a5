// Goal: when all receive buffers are out, receives wait and go on once buffers are back; their
// owners notice nothing but the delay. Method: more connections than buffers, owners that keep what
// they got.

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <string>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::ConnectedSockets;
using test::TestOperation;

constexpr std::size_t kBuffers = core::BufferPool::kBufferCount;

// Connections with a receive each, whose owners keep the buffers.
struct Crowd {
  Crowd(BackendDriver& backend_driver, std::size_t count, bool multishot) : driver(backend_driver) {
    for (std::size_t i = 0; i < count; ++i) {
      pairs.push_back(test::unix_pair());
      TestOperation& receive = receives.emplace_back(OperationKind::kReceive, pairs[i].ours.get());
      receive.hold_buffers = true;
      receive.operation.multishot = multishot;
    }
  }
  void put_and_start(std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      REQUIRE(test::put(pairs[i].peer, message(i)));
      if (receives[i].done()) driver.start(receives[i]);
    }
  }
  [[nodiscard]] std::size_t held() const {
    std::size_t count = 0;
    for (const TestOperation& receive : receives) count += receive.held.size();
    return count;
  }
  void give_back() {
    for (TestOperation& receive : receives) receive.held.clear();
  }
  [[nodiscard]] static std::string message(std::size_t i) { return "I am " + std::to_string(i); }

  BackendDriver& driver;
  std::vector<ConnectedSockets> pairs;
  std::deque<TestOperation> receives;
};

}  // namespace

TEST_CASE_TEMPLATE("600 connections share 512 buffers", Engine, test::Uring, test::Epoll) {
  for (const bool multishot : {false, true}) {
    CAPTURE(multishot);
    BackendDriver driver(Engine::kMake);
    if (!driver.ready()) return;
    constexpr std::size_t kConnections = 600;
    static_assert(kConnections > kBuffers);
    Crowd crowd(driver, kConnections, multishot);
    // Round after round: a buffer that were lost in one would be missed in a later one.
    for (std::size_t round = 1; round <= 5; ++round) {
      CAPTURE(round);
      crowd.put_and_start(0, kConnections);
      REQUIRE(driver.run_until([&] { return crowd.held() == kBuffers; }));
      CHECK(driver.settle() == 0);
      crowd.give_back();
      REQUIRE(driver.run_until([&] { return crowd.held() == kConnections - kBuffers; }));
      crowd.give_back();
      for (std::size_t i = 0; i < kConnections; ++i) {
        REQUIRE(crowd.receives[i].results.size() == round);
        REQUIRE(crowd.receives[i].bytes.ends_with(Crowd::message(i)));
      }
    }
    for (TestOperation& receive : crowd.receives) driver.take_back(receive);
  }
}

TEST_CASE_TEMPLATE("exactly as many connections as buffers: nobody waits; one more does", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  Crowd crowd(driver, kBuffers + 1, false);
  crowd.put_and_start(0, kBuffers);
  REQUIRE(driver.run_until([&] { return crowd.held() == kBuffers; }));
  TestOperation& one_more = crowd.receives[kBuffers];
  crowd.put_and_start(kBuffers, kBuffers + 1);
  CHECK(driver.settle() == 0);
  // One buffer back is enough for one receive.
  crowd.receives[7].held.clear();
  REQUIRE(driver.finish(one_more));
  CHECK(one_more.bytes == Crowd::message(kBuffers));
  CHECK(crowd.held() == kBuffers);
  crowd.give_back();
}

TEST_CASE_TEMPLATE("a receive that waits for a buffer can be cancelled", Engine, test::Uring,
                   test::Epoll) {
  for (const bool multishot : {false, true}) {
    CAPTURE(multishot);
    BackendDriver driver(Engine::kMake);
    if (!driver.ready()) return;
    Crowd crowd(driver, kBuffers + 3, multishot);
    crowd.put_and_start(0, kBuffers);
    REQUIRE(driver.run_until([&] { return crowd.held() == kBuffers; }));
    crowd.put_and_start(kBuffers, kBuffers + 3);
    TestOperation& starved = crowd.receives[kBuffers];
    driver.settle();
    driver.cancel(starved);
    REQUIRE(driver.finish(starved));
    CHECK(starved.results == std::vector{-ECANCELED});
    CHECK(driver.settle() == 0);
    // Cancelled before any wait saw it starve.
    driver.start(starved);
    driver.cancel(starved);
    REQUIRE(driver.finish(starved));
    CHECK(starved.results == std::vector{-ECANCELED, -ECANCELED});
    // Its bytes are still there for the next.
    crowd.give_back();
    driver.start(starved);
    REQUIRE(driver.run_until([&] { return starved.bytes == Crowd::message(kBuffers); }));
    for (TestOperation& receive : crowd.receives) driver.take_back(receive);
  }
}

TEST_CASE_TEMPLATE("one greedy connection does not keep what it gives back from the others", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  // One sender that never pauses, and a quiet connection.
  const ConnectedSockets greedy_pair = test::unix_pair();
  const ConnectedSockets quiet_pair = test::unix_pair();
  TestOperation greedy(OperationKind::kReceive, greedy_pair.ours.get());
  TestOperation quiet(OperationKind::kReceive, quiet_pair.ours.get());
  greedy.operation.multishot = true;
  driver.start(greedy);
  REQUIRE(test::put(quiet_pair.peer, "me too"));
  driver.start(quiet);
  CHECK(driver.run_until([&] {
    test::fill(greedy_pair.peer);
    return quiet.done();
  }));
  CHECK(quiet.bytes == "me too");
  driver.take_back(greedy);
}

TEST_CASE_TEMPLATE("other operations complete while all buffers are out", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  Crowd crowd(driver, kBuffers + 1, false);
  crowd.put_and_start(0, kBuffers + 1);
  REQUIRE(driver.run_until([&] { return crowd.held() == kBuffers; }));
  core::OutputQueue output(driver.blocks());
  output.append("out");
  TestOperation send(OperationKind::kSend, crowd.pairs[0].ours.get());
  send.operation.output = &output;
  CHECK(driver.result_of(send) == 3);
  CHECK(test::take_waiting(crowd.pairs[0].peer, 3) == "out");
  crowd.give_back();
  REQUIRE(
      driver.run_until([&] { return std::ranges::all_of(crowd.receives, &TestOperation::done); }));
}
