// Goal: what is epoll's own. What both engines share is tested in backend_*_test.cc, for both.
// Method: real descriptors.

#include <doctest/doctest.h>
#include <poll.h>

#include <cerrno>

#include "tests/core/base/death.h"
#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

using core::OperationKind;
using test::BackendDriver;
using test::TestOperation;

TEST_CASE("epoll names itself") {
  BackendDriver driver(test::Epoll::kMake);
  CHECK(driver.backend().name() == "epoll");
}

TEST_CASE("an operation that is in flight when its owner ends is a mistake of the program") {
  BackendDriver driver(test::Epoll::kMake);
  const test::ConnectedSockets pair = test::unix_pair();
  CHECK(test::dies([&] {
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    driver.backend().start(receive.operation);
  }));
}

TEST_CASE("two receives that wait on one descriptor are a mistake of the program") {
  BackendDriver driver(test::Epoll::kMake);
  const test::ConnectedSockets pair = test::unix_pair();
  CHECK(test::dies([&] {
    TestOperation first(OperationKind::kReceive, pair.ours.get());
    TestOperation second(OperationKind::kReceive, pair.ours.get());
    driver.start(first);
    driver.start(second);
    driver.settle();
  }));
}

TEST_CASE("a burst of connections does not hold up a connection that is being served") {
  BackendDriver driver(test::Epoll::kMake);
  const core::UniqueFd listening = test::listener();
  const test::ConnectedSockets served = test::unix_pair();
  std::vector<core::UniqueFd> peers;
  for (int i = 0; i < 300; ++i) peers.push_back(test::connect_to(listening));
  TestOperation accept(OperationKind::kAccept, listening.get());
  TestOperation receive(OperationKind::kReceive, served.ours.get());
  driver.start(accept);
  driver.start(receive);
  driver.turn(core::Duration::zero());
  REQUIRE(test::put(served.peer, "x"));
  driver.turn(core::Duration::zero());
  CHECK(receive.bytes == "x");
  CHECK(accept.results.size() < peers.size());
  driver.take_back(accept);
  for (const int fd : accept.results) core::UniqueFd(fd).reset();
}

TEST_CASE("a descriptor that epoll refuses gives its errno instead of waiting for ever") {
  BackendDriver driver(test::Epoll::kMake);
  // A socket can be asked for bytes but its number is closed before it has to be waited for.
  test::ConnectedSockets pair = test::unix_pair();
  const int number = pair.ours.get();
  pair.ours.reset();
  CHECK(driver.result_of(OperationKind::kReceive, number) == -EBADF);
  CHECK(driver.result_of(OperationKind::kReadCounter, number) == -EBADF);
}
