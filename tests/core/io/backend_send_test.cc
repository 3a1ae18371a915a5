// Goal: what is sent arrives whole and in order, a slow reader makes sends wait, a gone one makes
// them fail without a signal; and the operations around sending tell the truth. Method: both
// engines on socket pairs and TCP over loopback; the peer reads when the test says so.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string>

#include "tests/core/base/pipe.h"
#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::ConnectedSockets;
using test::TestOperation;

// Sends until `output` is empty while the peer reads; what the peer got.
std::string send_all(BackendDriver& driver, const ConnectedSockets& pair,
                     core::OutputQueue& output) {
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  std::string arrived;
  const std::uint64_t size = output.size();
  while (!output.empty()) {
    driver.start(send);
    REQUIRE(driver.run_until([&] {
      arrived += test::take(pair.peer);
      return send.done();
    }));
    REQUIRE(send.last() > 0);
    output.consume(static_cast<std::uint64_t>(send.last()));
  }
  return arrived + test::take_waiting(pair.peer, size - arrived.size());
}

}  // namespace

TEST_CASE_TEMPLATE("a small send is taken whole at once", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  core::OutputQueue output(driver.blocks());
  output.append("hello");
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  CHECK(driver.result_of(send) == 5);
  CHECK(output.size() == 5);  // consuming is the owner's
  output.consume(5);
  CHECK(test::take_waiting(pair.peer, 5) == "hello");
}

TEST_CASE_TEMPLATE("a send to a full socket waits until the reader reads", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const bool tcp : {false, true}) {
    CAPTURE(tcp);
    ConnectedSockets pair = tcp ? test::tcp_pair() : test::unix_pair();
    core::OutputQueue output(driver.blocks());
    output.append("last");
    TestOperation send(OperationKind::kSend, pair.ours.get());
    send.operation.output = &output;
    // TCP moves bytes on to the peer's buffer for a moment after the socket was full.
    std::size_t filled = 0;
    do {
      filled += test::fill(pair.ours);
      driver.settle();
    } while (::poll(std::array{pollfd{pair.ours.get(), POLLOUT, 0}}.data(), 1, 0) != 0);
    driver.start(send);
    CHECK(driver.settle() == 0);
    std::string arrived;
    REQUIRE(driver.run_until([&] {
      arrived += test::take(pair.peer);
      return send.done();
    }));
    CHECK(send.last() == 4);
    arrived += test::take_waiting(pair.peer, filled + 4 - arrived.size());
    CHECK(arrived.size() == filled + 4);
    CHECK(arrived.substr(filled) == "last");
    output.consume(4);
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("far more than the socket buffer arrives whole and in order", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const bool tcp : {false, true}) {
    CAPTURE(tcp);
    ConnectedSockets pair = tcp ? test::tcp_pair() : test::unix_pair();
    if (tcp) test::shrink_buffers(pair);
    core::OutputQueue output(driver.blocks());
    const auto bytes = std::make_shared<const std::string>(test::varied_bytes(2'000'000, 4));
    output.append_shared(*bytes, bytes);
    CHECK(send_all(driver, pair, output) == *bytes);
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("more segments than one send takes leave in order", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  core::OutputQueue output(driver.blocks());
  std::string expected;
  for (std::uint32_t i = 0; i < 50; ++i) {
    const std::string copied = "segment " + std::to_string(i) + "\n";
    const auto shared = std::make_shared<const std::string>(
        test::varied_bytes(core::OutputQueue::kShareBytesMin + i, i));
    output.append(copied);
    output.append_shared(*shared, shared);
    expected += copied + *shared;
  }
  CHECK(send_all(driver, pair, output) == expected);
}

TEST_CASE_TEMPLATE("several segments of one send are sent as they were when it was started", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  core::OutputQueue output(driver.blocks());
  const auto shared = std::make_shared<const std::string>(test::varied_bytes(5000, 5));
  output.append("head");
  output.append_shared(*shared, shared);
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  driver.start(send);
  // The session may go on while the send is in flight.
  output.append("tail");
  REQUIRE(driver.finish(send));
  REQUIRE(send.last() >= 5004);
  const std::string expected = "head" + *shared + "tail";
  const auto sent = static_cast<std::size_t>(send.last());
  CHECK(test::take_waiting(pair.peer, sent) == expected.substr(0, sent));
  output.consume(sent);
  if (!output.empty()) CHECK(send_all(driver, pair, output) == expected.substr(sent));
}

TEST_CASE_TEMPLATE("sending to a peer that is gone fails without a signal", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  core::OutputQueue output(driver.blocks());
  output.append("nobody reads this");
  for (const bool several_segments : {false, true}) {
    CAPTURE(several_segments);
    if (several_segments) {
      const auto shared = std::make_shared<const std::string>(5000, 's');
      output.append_shared(*shared, shared);
    }
    ConnectedSockets pair = test::unix_pair();
    pair.peer.reset();
    TestOperation send(OperationKind::kSend, pair.ours.get());
    send.operation.output = &output;
    CHECK(driver.result_of(send) == -EPIPE);
    driver.close(pair.ours);

    ConnectedSockets tcp = test::tcp_pair();
    test::reset_connection(tcp.peer);
    REQUIRE(test::wait_for(tcp.ours, POLLERR));
    send.operation.fd = tcp.ours.get();
    const int reset = driver.result_of(send);
    CHECK((reset == -ECONNRESET || reset == -EPIPE));
    CHECK(driver.result_of(send) == -EPIPE);
    driver.close(tcp.ours);
  }
}

TEST_CASE_TEMPLATE("a send that waits fails when the peer goes", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  ConnectedSockets pair = test::unix_pair();
  test::fill(pair.ours);
  core::OutputQueue output(driver.blocks());
  output.append("x");
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  driver.start(send);
  CHECK(driver.settle() == 0);
  pair.peer.reset();
  REQUIRE(driver.finish(send));
  CHECK((send.last() == -EPIPE || send.last() == -ECONNRESET));
  CHECK(send.finals == 1);
}

TEST_CASE_TEMPLATE("polling for room: at once, when the reader reads, and when the peer goes",
                   Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  ConnectedSockets pair = test::unix_pair();
  TestOperation writable(OperationKind::kPollWritable, pair.ours.get());
  CHECK(driver.result_of(writable) >= 0);
  // Somebody else (a worker) fills the socket: the back end has seen nothing of it.
  test::fill(pair.ours);
  driver.start(writable);
  CHECK(driver.settle() == 0);
  static_cast<void>(test::take(pair.peer));
  REQUIRE(driver.finish(writable));
  CHECK(writable.last() >= 0);
  test::fill(pair.ours);
  driver.start(writable);
  CHECK(driver.settle() == 0);
  pair.peer.reset();
  REQUIRE(driver.finish(writable));
  CHECK(writable.last() >= 0);
}

TEST_CASE_TEMPLATE("unsent bytes are those the peer has not acknowledged", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  test::shrink_buffers(pair);
  CHECK(driver.result_of(OperationKind::kUnsentBytes, pair.ours.get()) == 0);
  const std::size_t filled = test::fill(pair.ours);
  const int unsent = driver.result_of(OperationKind::kUnsentBytes, pair.ours.get());
  CHECK(unsent > 0);
  CHECK(static_cast<std::size_t>(unsent) <= filled);
  CHECK(test::take_waiting(pair.peer, filled).size() == filled);
  // The last acknowledgement may be on its way.
  CHECK(driver.run_until(
      [&] { return driver.result_of(OperationKind::kUnsentBytes, pair.ours.get()) == 0; }));
}

TEST_CASE_TEMPLATE("unsent bytes of something that is no socket: an error", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const test::Pipe pipe;
  CHECK(driver.result_of(OperationKind::kUnsentBytes, pipe.writing.get()) < 0);
}

TEST_CASE_TEMPLATE("shutdown ends our sending and leaves the receiving", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  driver.start(receive);
  CHECK(driver.result_of(OperationKind::kShutdown, pair.ours.get()) == 0);
  CHECK(test::take_waiting(pair.peer, 1).empty());
  CHECK_FALSE(receive.done());
  REQUIRE(test::put(pair.peer, "still here"));
  REQUIRE(driver.finish(receive));
  CHECK(receive.bytes == "still here");

  core::OutputQueue output(driver.blocks());
  output.append("too late");
  TestOperation send(OperationKind::kSend, pair.ours.get());
  send.operation.output = &output;
  CHECK(driver.result_of(send) == -EPIPE);
}

TEST_CASE_TEMPLATE("shutdown of what is not connected is an error", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd alone(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  CHECK(driver.result_of(OperationKind::kShutdown, alone.get()) == -ENOTCONN);
}

TEST_CASE_TEMPLATE("close ends the descriptor, and the peer sees it", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  ConnectedSockets pair = test::tcp_pair();
  const int number = pair.ours.get();
  driver.close(pair.ours);
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK(test::take_waiting(pair.peer, 1).empty());
  CHECK(driver.result_of(OperationKind::kClose, number) == -EBADF);
}
