// Goal: receives give every byte once and in order, and the end of the stream is always seen.
// Method: both engines on socket pairs and TCP over loopback.

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using test::BackendDriver;
using test::ConnectedSockets;
using test::TestOperation;

constexpr std::size_t kBufferBytes = core::BufferPool::kBufferBytes;

// Starts single receives until `size` bytes are there or one of them gives no bytes.
void receive_all(BackendDriver& driver, TestOperation& receive, std::size_t size) {
  while (receive.bytes.size() < size && driver.result_of(receive) > 0) {
  }
}

}  // namespace

TEST_CASE_TEMPLATE("a receive completes with bytes that are there, or when they come", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const bool there_before : {true, false}) {
    for (const bool tcp : {true, false}) {
      CAPTURE(there_before);
      CAPTURE(tcp);
      ConnectedSockets pair = tcp ? test::tcp_pair() : test::unix_pair();
      TestOperation receive(OperationKind::kReceive, pair.ours.get());
      if (there_before) REQUIRE(test::put(pair.peer, "hello"));
      driver.start(receive);
      if (!there_before) {
        CHECK(driver.settle() == 0);
        REQUIRE(test::put(pair.peer, "hello"));
      }
      REQUIRE(driver.finish(receive));
      CHECK(receive.results == std::vector{5});
      CHECK(receive.bytes == "hello");
      driver.close(pair.ours);
    }
  }
}

TEST_CASE_TEMPLATE("single receives cut a long input at the buffer's size and lose nothing", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const std::size_t size :
       {kBufferBytes - 1, kBufferBytes, kBufferBytes + 1, 2 * kBufferBytes, 5 * kBufferBytes + 7}) {
    CAPTURE(size);
    ConnectedSockets pair = test::tcp_pair();
    const std::string bytes = test::varied_bytes(size, 1);
    REQUIRE(test::put(pair.peer, bytes));
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    receive_all(driver, receive, size);
    CHECK(receive.bytes == bytes);
    for (const int result : receive.results) {
      CHECK(static_cast<std::size_t>(result) <= kBufferBytes);
    }
    // Nothing is left, and that is noticed: the next receive waits for what comes.
    driver.start(receive);
    CHECK(driver.settle() == 0);
    REQUIRE(test::put(pair.peer, "!"));
    REQUIRE(driver.finish(receive));
    CHECK(receive.bytes == bytes + "!");
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("a multishot receive goes on from message to message", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::tcp_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  receive.operation.multishot = true;
  driver.start(receive);
  std::string sent;
  for (int i = 0; i < 50; ++i) {
    const std::string message = "message " + std::to_string(i) + "\n";
    REQUIRE(test::put(pair.peer, message));
    sent += message;
    REQUIRE(driver.run_until([&] { return receive.bytes.size() >= sent.size(); }));
    CHECK(receive.bytes == sent);
  }
  CHECK(receive.finals == 0);
  const std::string large = test::varied_bytes(10 * kBufferBytes + 5, 2);
  REQUIRE(test::put(pair.peer, large));
  sent += large;
  REQUIRE(driver.run_until([&] { return receive.bytes.size() >= sent.size(); }));
  CHECK(receive.bytes == sent);
  CHECK(driver.settle() == 0);
  driver.take_back(receive);
  CHECK(receive.finals == 1);
}

TEST_CASE_TEMPLATE("data with the end of the stream in one segment: both are seen", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  // Exactly a buffer is the case in which no short read tells that the socket is empty.
  for (const std::size_t size :
       {std::size_t{1}, kBufferBytes - 1, kBufferBytes, kBufferBytes + 1}) {
    for (const bool multishot : {false, true}) {
      for (const bool armed_before : {false, true}) {
        CAPTURE(size);
        CAPTURE(multishot);
        CAPTURE(armed_before);
        ConnectedSockets pair = test::tcp_pair();
        TestOperation receive(OperationKind::kReceive, pair.ours.get());
        receive.operation.multishot = multishot;
        if (armed_before) {
          driver.start(receive);
          driver.settle();
        }
        const std::string bytes = test::varied_bytes(size, 3);
        // MSG_MORE holds the last bytes back until the FIN goes with them.
        REQUIRE(::send(pair.peer.get(), bytes.data(), size, MSG_MORE | MSG_NOSIGNAL) ==
                static_cast<ssize_t>(size));
        test::end_sending(pair.peer);
        REQUIRE(test::wait_for(pair.ours, POLLRDHUP));
        if (!armed_before) driver.start(receive);
        REQUIRE(driver.finish(receive));
        while (receive.last() > 0) static_cast<void>(driver.result_of(receive));
        CHECK(receive.bytes == bytes);
        CHECK(receive.last() == 0);
        // And it stays the end.
        CHECK(driver.result_of(receive) == 0);
        driver.close(pair.ours);
      }
    }
  }
}

TEST_CASE_TEMPLATE("the end of the stream is seen when nothing was ever sent", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const bool multishot : {false, true}) {
    CAPTURE(multishot);
    ConnectedSockets pair = test::unix_pair();
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    receive.operation.multishot = multishot;
    driver.start(receive);
    CHECK(driver.settle() == 0);
    pair.peer.reset();
    REQUIRE(driver.finish(receive));
    CHECK(receive.results == std::vector{0});
    CHECK(receive.finals == 1);
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("a reset is reported as ECONNRESET, before or while it is waited for", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  for (const bool multishot : {false, true}) {
    for (const bool armed_before : {false, true}) {
      CAPTURE(multishot);
      CAPTURE(armed_before);
      ConnectedSockets pair = test::tcp_pair();
      TestOperation receive(OperationKind::kReceive, pair.ours.get());
      receive.operation.multishot = multishot;
      if (armed_before) {
        driver.start(receive);
        driver.settle();
      }
      test::reset_connection(pair.peer);
      REQUIRE(test::wait_for(pair.ours, POLLERR));
      if (!armed_before) driver.start(receive);
      REQUIRE(driver.finish(receive));
      CHECK(receive.results == std::vector{-ECONNRESET});
      CHECK(receive.finals == 1);
      driver.close(pair.ours);
    }
  }
}

TEST_CASE_TEMPLATE("receiving and sending wait on one socket at a time", Engine, test::Uring,
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
  REQUIRE(test::put(pair.peer, "x"));
  REQUIRE(driver.finish(receive));
  CHECK(receive.bytes == "x");
  CHECK_FALSE(writable.done());
  static_cast<void>(test::take(pair.peer));
  REQUIRE(driver.finish(writable));
  CHECK(writable.last() >= 0);
}

TEST_CASE_TEMPLATE("a descriptor that is no socket gives its errno", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd no_socket(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  CHECK(driver.result_of(OperationKind::kReceive, no_socket.get()) == -ENOTSOCK);
}

TEST_CASE_TEMPLATE("urgent data in the stream holds nothing up", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  // recv(2) stops before the urgent byte although more is there: a short read that emptied nothing.
  for (const bool armed_before : {false, true}) {
    CAPTURE(armed_before);
    ConnectedSockets pair = test::tcp_pair();
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    receive.operation.multishot = true;
    if (armed_before) {
      driver.start(receive);
      driver.settle();
    }
    REQUIRE(test::put(pair.peer, "before"));
    REQUIRE(::send(pair.peer.get(), "!", 1, MSG_OOB | MSG_NOSIGNAL) == 1);
    REQUIRE(test::put(pair.peer, "after"));
    REQUIRE(test::wait_for(pair.ours, POLLPRI));
    if (!armed_before) driver.start(receive);
    CHECK(driver.run_until([&] { return receive.bytes == "beforeafter"; }));
    driver.take_back(receive);
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("bytes that are thrown away are counted, and those behind them arrive", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  test::ConnectedSockets pair = test::tcp_pair();
  TestOperation discard(OperationKind::kReceive, pair.ours.get());
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  const std::string body(10'000, 'x');
  for (int round = 0; round < 3; ++round) {
    std::size_t left = body.size();
    discard.operation.discard_bytes = static_cast<std::uint32_t>(left);
    driver.start(discard);
    if (round == 0) CHECK(driver.settle() == 0);
    REQUIRE(test::put(pair.peer, body + "next"));
    for (;;) {
      REQUIRE(driver.finish(discard));
      REQUIRE(discard.last() > 0);
      REQUIRE(static_cast<std::size_t>(discard.last()) <= left);
      left -= static_cast<std::size_t>(discard.last());
      if (left == 0) break;
      discard.operation.discard_bytes = static_cast<std::uint32_t>(left);
      driver.start(discard);
    }
    CHECK(discard.bytes.empty());
    CHECK(driver.result_of(receive) == 4);
  }
  CHECK(receive.bytes == "nextnextnext");
  test::end_sending(pair.peer);
  CHECK(driver.result_of(discard) == 0);
  driver.close(pair.ours);
}
