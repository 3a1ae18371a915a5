// Goal: any number of operations may be started before one wait: nothing is lost, mixed up or done
// twice when they are more than the queues between us and the kernel hold. Method: both engines;
// more operations than a submission queue (1024) and a completion queue (8192) of the ring have
// entries.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::ConnectedSockets;
using test::TestOperation;

// More than the ring's 1024 submission entries, and not a multiple of them.
constexpr std::size_t kConnections = 1500;

}  // namespace

TEST_CASE_TEMPLATE("thousands of operations started before one wait all complete once", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  for (const std::size_t count : {std::size_t{1024}, std::size_t{1025}, std::size_t{3000},
                                  std::size_t{8193}, std::size_t{20'000}}) {
    CAPTURE(count);
    std::deque<TestOperation> polls;
    for (std::size_t i = 0; i < count; ++i) {
      driver.start(polls.emplace_back(OperationKind::kPollWritable, pair.ours.get()));
    }
    REQUIRE(driver.run_until([&] { return std::ranges::all_of(polls, &TestOperation::done); }));
    CHECK(driver.settle() == 0);
    CHECK(std::ranges::all_of(polls, [](const auto& poll) { return poll.results.size() == 1; }));
    CHECK(std::ranges::all_of(polls, [](const auto& poll) { return poll.last() >= 0; }));
  }
}

TEST_CASE_TEMPLATE("more sends of several segments than the queue holds: each socket gets its own",
                   Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  std::vector<ConnectedSockets> pairs;
  std::deque<core::OutputQueue> outputs;
  std::deque<TestOperation> sends;
  std::vector<std::shared_ptr<const std::string>> texts;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    pairs.push_back(test::unix_pair());
    texts.push_back(std::make_shared<const std::string>(
        test::varied_bytes(core::OutputQueue::kShareBytesMin, i)));
    core::OutputQueue& output = outputs.emplace_back(driver.blocks());
    output.append(std::to_string(i) + ":");
    output.append_shared(*texts.back(), texts.back());
    sends.emplace_back(OperationKind::kSend, pairs.back().ours.get()).operation.output = &output;
  }
  for (TestOperation& send : sends) driver.start(send);
  REQUIRE(driver.run_until([&] { return std::ranges::all_of(sends, &TestOperation::done); }));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kConnections; ++i) {
    const std::string expected = std::to_string(i) + ":" + *texts[i];
    if (sends[i].last() != static_cast<int>(expected.size())) ++wrong;
    if (test::take(pairs[i].peer) != expected) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("more waiting receives than the queue holds, then all cancelled in one turn",
                   Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  std::vector<ConnectedSockets> pairs;
  std::deque<TestOperation> receives;
  for (std::size_t i = 0; i < kConnections; ++i) {
    pairs.push_back(test::unix_pair());
    driver.start(receives.emplace_back(OperationKind::kReceive, pairs.back().ours.get()));
  }
  CHECK(driver.settle() == 0);
  // Every third gets something in the same moment.
  for (std::size_t i = 0; i < kConnections; i += 3) REQUIRE(test::put(pairs[i].peer, "x"));
  for (TestOperation& receive : receives) driver.cancel(receive);
  REQUIRE(driver.run_until([&] { return std::ranges::all_of(receives, &TestOperation::done); }));
  CHECK(driver.settle() == 0);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < kConnections; ++i) {
    if (receives[i].results.size() != 1) ++wrong;
    if (receives[i].last() > 0 && receives[i].bytes != "x") ++wrong;
    const bool lost = i % 3 == 0 && receives[i].bytes.empty() && test::take(pairs[i].ours) != "x";
    if (lost) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("operations started while others run to their end", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  // A chain: each completion starts the next receive and lets the next peer send.
  constexpr std::size_t kLinks = 2000;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  std::size_t put = 1;
  receive.then = [&] {
    if (put == kLinks) return;
    ++put;
    driver.start(receive);
    REQUIRE(test::put(pair.peer, "x"));
  };
  driver.start(receive);
  REQUIRE(test::put(pair.peer, "x"));
  REQUIRE(driver.run_until([&] { return receive.done(); }));
  CHECK(receive.bytes == std::string(kLinks, 'x'));
  CHECK(receive.results.size() == kLinks);
}
