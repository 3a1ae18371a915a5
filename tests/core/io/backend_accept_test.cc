// Goal: one accept operation takes connections until it is cancelled, on both engines alike.
// Method: real TCP connections over loopback.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "tests/core/base/few_descriptors.h"
#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::TestOperation;

// The accepted sockets among `results`, closed with the vector.
std::vector<core::UniqueFd> owned(const std::vector<int>& results) {
  std::vector<core::UniqueFd> sockets;
  for (const int result : results) {
    if (result >= 0) sockets.emplace_back(result);
  }
  return sockets;
}

}  // namespace

TEST_CASE_TEMPLATE("a connection that waits already is accepted", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd listening = test::listener();
  const core::UniqueFd peer = test::connect_to(listening);
  TestOperation accept(OperationKind::kAccept, listening.get());
  driver.start(accept);
  REQUIRE(driver.run_until([&] { return !accept.results.empty(); }));
  const auto sockets = owned(accept.results);
  REQUIRE(sockets.size() == 1);
  CHECK(accept.finals == 0);
  REQUIRE(test::put(peer, "hello"));
  CHECK(test::take_waiting(sockets[0], 5) == "hello");
  driver.take_back(accept);
}

TEST_CASE_TEMPLATE("accepted sockets do not block and do not survive exec", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd listening = test::listener();
  TestOperation accept(OperationKind::kAccept, listening.get());
  driver.start(accept);
  const core::UniqueFd peer = test::connect_to(listening);
  REQUIRE(driver.run_until([&] { return !accept.results.empty(); }));
  const auto sockets = owned(accept.results);
  REQUIRE(sockets.size() == 1);
  CHECK((::fcntl(sockets[0].get(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(sockets[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  driver.take_back(accept);
}

TEST_CASE_TEMPLATE("many connections: queued before, and arriving one by one", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  constexpr std::size_t kQueued = 300;
  constexpr std::size_t kLater = 100;
  const core::UniqueFd listening = test::listener();
  std::vector<core::UniqueFd> peers;
  for (std::size_t i = 0; i < kQueued; ++i) peers.push_back(test::connect_to(listening));
  TestOperation accept(OperationKind::kAccept, listening.get());
  driver.start(accept);
  REQUIRE(driver.run_until([&] { return accept.results.size() >= kQueued; }));
  for (std::size_t i = 0; i < kLater; ++i) {
    peers.push_back(test::connect_to(listening));
    REQUIRE(driver.run_until([&] { return accept.results.size() >= kQueued + i + 1; }));
  }
  const auto sockets = owned(accept.results);
  CHECK(sockets.size() == kQueued + kLater);
  CHECK(accept.finals == 0);
  CHECK(driver.settle() == 0);
  driver.take_back(accept);
}

// A multishot accept goes on within one wait of the ring for as long as clients come: 10,000 held a
// loop for 60 to 200 ms.
TEST_CASE_TEMPLATE("a burst comes a few at a time, without a wait between, and all of it", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  constexpr std::size_t kBurst = 4 * core::Backend::kAcceptsPerWait + 1;
  const core::UniqueFd listening = test::listener();
  TestOperation accept(OperationKind::kAccept, listening.get());
  driver.start(accept);
  driver.settle();
  for (int round = 0; round < 2; ++round) {
    std::vector<core::UniqueFd> peers;
    for (std::size_t i = 0; i < kBurst; ++i) peers.push_back(test::connect_to(listening));
    REQUIRE(test::wait_for(listening, POLLIN));
    std::size_t most = 0;
    CHECK(driver.run_until([&] {
      const std::size_t before = accept.results.size();
      most = std::max(most, driver.turn(core::Duration::zero()));
      CHECK(accept.results.size() - before <= core::Backend::kAcceptsPerWait);
      return accept.results.size() == kBurst;
    }));
    CHECK(most > 1);
    CHECK(owned(std::exchange(accept.results, {})).size() == kBurst);
  }
  CHECK(accept.finals == 0);
  CHECK(driver.settle() == 0);
  driver.take_back(accept);
}

TEST_CASE_TEMPLATE("an accept that is cancelled in a burst ends once, and loses nobody", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  constexpr std::size_t kBurst = 3 * core::Backend::kAcceptsPerWait;
  const core::UniqueFd listening = test::listener();
  std::vector<core::UniqueFd> peers;
  for (std::size_t i = 0; i < kBurst; ++i) peers.push_back(test::connect_to(listening));
  TestOperation accept(OperationKind::kAccept, listening.get());
  std::vector<core::UniqueFd> sockets;
  while (sockets.size() < kBurst) {
    accept.results.clear();
    driver.start(accept);
    REQUIRE(driver.run_until([&] { return !accept.results.empty(); }));
    if (accept.operation.in_flight()) driver.cancel(accept);
    REQUIRE(driver.finish(accept));
    CHECK(accept.last() == -ECANCELED);
    for (core::UniqueFd& socket : owned(accept.results)) sockets.push_back(std::move(socket));
  }
  CHECK(sockets.size() == kBurst);
  CHECK(driver.settle() == 0);
}

TEST_CASE_TEMPLATE("a cancelled accept ends once, and the listener still listens", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd listening = test::listener();
  TestOperation accept(OperationKind::kAccept, listening.get());
  driver.start(accept);
  driver.settle();
  driver.cancel(accept);
  REQUIRE(driver.finish(accept));
  CHECK(accept.results == std::vector{-ECANCELED});
  CHECK(driver.settle() == 0);

  const core::UniqueFd peer = test::connect_to(listening);
  CHECK(driver.settle() == 0);
  driver.start(accept);
  REQUIRE(driver.run_until([&] { return accept.results.size() == 2; }));
  CHECK(owned(accept.results).size() == 1);
  driver.take_back(accept);
}

TEST_CASE_TEMPLATE("no descriptor left: the accept ends with EMFILE and can be started again",
                   Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd listening = test::listener();
  const core::UniqueFd peer = test::connect_to(listening);
  REQUIRE(test::wait_for(listening, POLLIN));
  TestOperation accept(OperationKind::kAccept, listening.get());
  // The next descriptor would be the lowest free number.
  const int next = ::fcntl(listening.get(), F_DUPFD_CLOEXEC, 0);
  REQUIRE(next >= 0);
  static_cast<void>(::close(next));
  bool ended = false;
  {
    const test::FewDescriptors none_left(static_cast<rlim_t>(next));
    driver.start(accept);
    ended = driver.finish(accept);
  }
  REQUIRE(ended);
  CHECK(accept.results == std::vector{-EMFILE});

  driver.start(accept);
  REQUIRE(driver.run_until([&] { return accept.results.size() == 2; }));
  CHECK(owned(accept.results).size() == 1);
  driver.take_back(accept);
}

TEST_CASE_TEMPLATE("accepting on something that does not listen is an error, not a wait", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const test::ConnectedSockets pair = test::unix_pair();
  CHECK(driver.result_of(OperationKind::kAccept, pair.ours.get()) == -EINVAL);
}
