// Goal: connecting ends once, with a socket that works or with the reason why not. Method: both
// engines against listeners on loopback; the listener that answers nobody has a full backlog.

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "core/io/socket.h"
#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::TestOperation;

core::UniqueFd unconnected() {
  return core::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

TEST_CASE_TEMPLATE("a connection is made and carries bytes both ways", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd listener = test::listener();
  const auto address = core::SocketAddress::of_socket(listener.get());
  core::UniqueFd ours = unconnected();
  TestOperation connect(OperationKind::kConnect, ours.get());
  connect.operation.address = &address;
  CHECK(driver.result_of(connect) == 0);
  CHECK(connect.finals == 1);

  REQUIRE(test::wait_for(listener, POLLIN));
  const core::UniqueFd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  TestOperation receive(OperationKind::kReceive, ours.get());
  driver.start(receive);
  CHECK(driver.settle() == 0);
  REQUIRE(test::put(peer, "welcome"));
  REQUIRE(driver.finish(receive));
  CHECK(receive.bytes == "welcome");

  core::OutputQueue output(driver.blocks());
  output.append("thanks");
  TestOperation send(OperationKind::kSend, ours.get());
  send.operation.output = &output;
  CHECK(driver.result_of(send) == 6);
  CHECK(test::take_waiting(peer, 6) == "thanks");
  output.consume(6);
  driver.close(ours);
}

TEST_CASE_TEMPLATE("connecting to where nobody listens is refused", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  core::UniqueFd listener = test::listener();
  const auto address = core::SocketAddress::of_socket(listener.get());
  listener.reset();
  core::UniqueFd ours = unconnected();
  TestOperation connect(OperationKind::kConnect, ours.get());
  connect.operation.address = &address;
  CHECK(driver.result_of(connect) == -ECONNREFUSED);
  CHECK(connect.finals == 1);
  driver.close(ours);
}

TEST_CASE_TEMPLATE("connecting that takes long can be cancelled", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  core::UniqueFd listener = test::listener();
  REQUIRE(::listen(listener.get(), 0) == 0);
  const auto address = core::SocketAddress::of_socket(listener.get());
  // The kernel takes one more than the backlog says and drops what comes behind.
  std::vector<core::UniqueFd> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(unconnected());
    static_cast<void>(::connect(waiting.back().get(), address.data(), address.size()));
  }
  core::UniqueFd ours = unconnected();
  TestOperation connect(OperationKind::kConnect, ours.get());
  connect.operation.address = &address;
  driver.start(connect);
  CHECK(driver.settle() == 0);
  driver.take_back(connect);
  CHECK(connect.last() == -ECANCELED);
  CHECK(connect.finals == 1);
  driver.close(ours);
}
