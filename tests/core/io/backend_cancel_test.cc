// Goal: a cancelled operation ends exactly once, with ECANCELED or with what it did, and takes
// nothing with it: no byte is lost, no other operation of the descriptor is touched. Method: both
// engines; each kind is cancelled while it waits, before it was tried, and after it has completed
// without its owner knowing.

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
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

bool cancelled_or_done(int result) { return result == -ECANCELED || result >= 0; }

}  // namespace

TEST_CASE_TEMPLATE("whatever waits can be cancelled and gets ECANCELED once", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  const core::UniqueFd listening = test::listener();
  const core::UniqueFd counter(::eventfd(0, EFD_CLOEXEC));
  test::fill(pair.ours);
  core::OutputQueue output(driver.blocks());
  output.append("never sent");
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  TestOperation accept(OperationKind::kAccept, listening.get());
  TestOperation count(OperationKind::kReadCounter, counter.get());
  for (TestOperation* waiting : {&receive, &send, &accept, &count}) {
    for (const bool tried_before : {false, true}) {
      CAPTURE(static_cast<int>(waiting->operation.kind));
      CAPTURE(tried_before);
      driver.start(*waiting);
      if (tried_before) CHECK(driver.settle() == 0);
      waiting->results.clear();
      waiting->finals = 0;
      driver.cancel(*waiting);
      driver.cancel(*waiting);  // again changes nothing
      REQUIRE(driver.finish(*waiting));
      CHECK(waiting->results == std::vector{-ECANCELED});
      CHECK(waiting->finals == 1);
      CHECK(driver.settle() == 0);
    }
  }
  CHECK(output.size() == 10);
}

TEST_CASE_TEMPLATE("a cancelled poll ends once", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  test::fill(pair.ours);
  TestOperation writable(OperationKind::kPollWritable, pair.ours.get());
  driver.start(writable);
  CHECK(driver.settle() == 0);
  driver.cancel(writable);
  REQUIRE(driver.finish(writable));
  CHECK(writable.results == std::vector{-ECANCELED});
  static_cast<void>(test::take(pair.peer));
  CHECK(driver.settle() == 0);
  CHECK(driver.result_of(writable) >= 0);
}

TEST_CASE_TEMPLATE("what does not wait and is cancelled still completes once", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const OperationKind kind : {OperationKind::kUnsentBytes, OperationKind::kShutdown,
                                   OperationKind::kPollWritable, OperationKind::kSend}) {
    CAPTURE(static_cast<int>(kind));
    ConnectedSockets pair = test::tcp_pair();
    core::OutputQueue output(driver.blocks());
    output.append("abc");
    TestOperation test(kind, pair.ours.get());
    test.operation.output = &output;
    driver.start(test);
    driver.cancel(test);
    REQUIRE(driver.finish(test));
    CHECK(test.finals == 1);
    CHECK(cancelled_or_done(test.last()));
    CHECK(driver.settle() == 0);
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("a multishot receive that is cancelled has one final completion", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  receive.operation.multishot = true;
  driver.start(receive);
  REQUIRE(test::put(pair.peer, "abc"));
  REQUIRE(driver.run_until([&] { return receive.bytes == "abc"; }));
  driver.cancel(receive);
  REQUIRE(driver.finish(receive));
  CHECK(receive.last() == -ECANCELED);
  CHECK(receive.finals == 1);
  REQUIRE(test::put(pair.peer, "def"));
  CHECK(driver.settle() == 0);
  driver.start(receive);
  REQUIRE(driver.run_until([&] { return receive.bytes == "abcdef"; }));
  driver.take_back(receive);
}

TEST_CASE_TEMPLATE("a cancel that races with data loses none of it", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  std::string sent;
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    receive.operation.multishot = round % 2 == 0;
    const std::string message = std::to_string(round) + ",";
    const std::size_t finals = receive.finals;
    driver.start(receive);
    if (round % 3 == 0) driver.settle();
    if (round % 5 != 0) driver.turn(core::Duration::zero());
    REQUIRE(test::put(pair.peer, message));
    sent += message;
    if (!receive.done()) driver.cancel(receive);
    REQUIRE(driver.finish(receive));
    REQUIRE(receive.finals == finals + 1);
    CHECK((receive.last() == -ECANCELED || receive.last() > 0));
  }
  receive.operation.multishot = false;
  while (receive.bytes.size() < sent.size()) REQUIRE(driver.result_of(receive) > 0);
  CHECK(receive.bytes == sent);
}

TEST_CASE_TEMPLATE("cancelling one operation of a socket leaves the other", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  test::fill(pair.ours);
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  TestOperation writable(OperationKind::kPollWritable, pair.ours.get());
  driver.start(receive);
  driver.start(writable);
  CHECK(driver.settle() == 0);
  driver.cancel(writable);
  REQUIRE(driver.finish(writable));
  CHECK_FALSE(receive.done());
  REQUIRE(test::put(pair.peer, "x"));
  REQUIRE(driver.finish(receive));
  CHECK(receive.bytes == "x");
}

// Two operations complete in one wait; what the first one's owner does must not give the second one
// a second end.
TEST_CASE_TEMPLATE("cancelling what has completed already, unknown to its owner", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets first_pair = test::unix_pair();
  const ConnectedSockets second_pair = test::unix_pair();
  TestOperation first(OperationKind::kReceive, first_pair.ours.get());
  TestOperation second(OperationKind::kReceive, second_pair.ours.get());
  std::size_t cancels = 0;
  const auto cancel_the_other = [&](TestOperation& other) {
    if (other.done()) return;
    ++cancels;
    driver.cancel(other);
  };
  first.then = [&] { cancel_the_other(second); };
  second.then = [&] { cancel_the_other(first); };
  REQUIRE(test::put(first_pair.peer, "a"));
  REQUIRE(test::put(second_pair.peer, "b"));
  driver.start(first);
  driver.start(second);
  REQUIRE(driver.run_until([&] { return first.done() && second.done(); }));
  CHECK(cancels == 1);
  CHECK(driver.settle() == 0);
  CHECK(first.finals == 1);
  CHECK(second.finals == 1);
}

TEST_CASE_TEMPLATE("a cancel that came too late does not reach the operation's next start", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets first_pair = test::unix_pair();
  const ConnectedSockets second_pair = test::unix_pair();
  TestOperation first(OperationKind::kReceive, first_pair.ours.get());
  TestOperation second(OperationKind::kReceive, second_pair.ours.get());
  // Whichever completes first cancels the other, which then starts again as its completion is run.
  TestOperation* restarted = nullptr;
  const auto meet = [&](TestOperation& self, TestOperation& other) {
    if (restarted != nullptr) return;
    if (!other.done()) return driver.cancel(other);
    restarted = &self;
    driver.start(self);
  };
  first.then = [&] { meet(first, second); };
  second.then = [&] { meet(second, first); };
  REQUIRE(test::put(first_pair.peer, "a"));
  REQUIRE(test::put(second_pair.peer, "a"));
  driver.start(first);
  driver.start(second);
  REQUIRE(driver.run_until([&] { return restarted != nullptr; }));
  CHECK(driver.settle() == 0);
  CHECK_FALSE(restarted->done());
  REQUIRE(test::put(restarted == &first ? first_pair.peer : second_pair.peer, "b"));
  REQUIRE(driver.finish(*restarted));
  CHECK(restarted->bytes == "ab");
}

TEST_CASE_TEMPLATE("an operation cancelled after its end was reported may be destroyed at that end",
                   Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  ConnectedSockets first_pair = test::unix_pair();
  ConnectedSockets second_pair = test::unix_pair();
  TestOperation first(OperationKind::kReceive, first_pair.ours.get());
  auto second = std::make_unique<TestOperation>(OperationKind::kReceive, second_pair.ours.get());
  first.then = [&] {
    if (!second->done()) driver.cancel(*second);
  };
  first_pair.peer.reset();
  second_pair.peer.reset();
  driver.start(first);
  driver.start(*second);
  REQUIRE(driver.run_until([&] { return first.done() && second->done(); }));
  CHECK(first.results == std::vector{0});
  CHECK(second->finals == 1);
  second.reset();
  CHECK(driver.settle() == 0);
}
