// Goal: whoever waits at a listener is taken, so many at a time, the poll is asked for only when
// nobody is there, and an operation ends once, when its poll is over.
// Method: real connections over loopback; the test is the kernel that polls.

#include "core/io/polled_accepts.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::OperationKind;
using core::PolledAccepts;
using test::TestOperation;

struct PollingKernel {
  void start(core::Operation& operation) { started.push_back(&operation); }
  void stop(core::Operation& operation) { stopped.push_back(&operation); }

  std::vector<core::Operation*> started;
  std::vector<core::Operation*> stopped;
};

struct Listening {
  Listening() {
    accept.operation.mark_started();
    accepts.start(accept.operation);
  }
  // What completes of what is due; sockets are closed with `sockets`.
  void turn() {
    accepts.accept_due(completions);
    while (!completions.empty()) {
      core::Completion completion = completions.pop();
      completion.operation->complete(completion);
      if (completion.result >= 0) sockets.emplace_back(completion.result);
    }
  }
  void connect(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) peers.push_back(test::connect_to(listener));
  }

  core::UniqueFd listener = test::listener();
  TestOperation accept{OperationKind::kAccept, listener.get()};
  PollingKernel kernel;
  PolledAccepts accepts{PolledAccepts::Poll::to<&PollingKernel::start>(kernel),
                        PolledAccepts::Poll::to<&PollingKernel::stop>(kernel)};
  core::CompletionQueue completions;
  std::vector<core::UniqueFd> peers;
  std::vector<core::UniqueFd> sockets;
};

}  // namespace

TEST_CASE("nobody is there: the kernel is to watch, once, and then there is nothing to do") {
  Listening listening;
  CHECK(listening.accepts.due());  // nobody has looked yet
  listening.turn();
  CHECK_FALSE(listening.accepts.due());
  CHECK(listening.kernel.started.size() == 1);
  listening.turn();
  CHECK(listening.kernel.started.size() == 1);

  listening.connect(2);
  listening.accepts.on_poll(listening.accept.operation, true);
  CHECK(listening.accepts.due());
  listening.turn();
  CHECK(listening.sockets.size() == 2);
  CHECK(listening.kernel.started.size() == 1);  // it goes on

  listening.accepts.cancel(listening.accept.operation);
  listening.accepts.on_poll(listening.accept.operation, false);
  listening.turn();
  CHECK(listening.accept.finals == 1);
}

TEST_CASE("a poll that the kernel has ended is asked for again") {
  Listening listening;
  listening.turn();
  listening.accepts.on_poll(listening.accept.operation, false);
  listening.turn();
  CHECK(listening.kernel.started.size() == 2);
  listening.accepts.on_poll(listening.accept.operation, false);
  listening.accepts.cancel(listening.accept.operation);
  CHECK(listening.kernel.stopped.empty());  // there is none to stop
  listening.turn();
  CHECK(listening.accept.finals == 1);
}

TEST_CASE("of a crowd so many are taken a turn, and it stays due without another word") {
  Listening listening;
  listening.connect(core::Backend::kAcceptsPerWait + 1);
  listening.turn();
  CHECK(listening.sockets.size() == core::Backend::kAcceptsPerWait);
  CHECK(listening.accepts.due());
  listening.turn();
  CHECK(listening.sockets.size() == core::Backend::kAcceptsPerWait + 1);
  CHECK(listening.kernel.started.size() == 1);
  listening.accepts.cancel(listening.accept.operation);
  listening.accepts.on_poll(listening.accept.operation, false);
  listening.turn();
}

TEST_CASE("a cancelled operation ends when its poll is over, and takes nobody meanwhile") {
  Listening listening;
  listening.turn();
  listening.accepts.cancel(listening.accept.operation);
  listening.accepts.cancel(listening.accept.operation);
  CHECK(listening.kernel.stopped.size() == 1);
  CHECK_FALSE(listening.accepts.due());
  listening.connect(1);
  listening.turn();
  CHECK(listening.accept.finals == 0);
  listening.accepts.on_poll(listening.accept.operation, false);
  CHECK(listening.accepts.due());
  listening.turn();
  CHECK(listening.sockets.empty());
  REQUIRE(listening.accept.finals == 1);
  CHECK(listening.accept.results.back() == -ECANCELED);
  CHECK(listening.accepts.empty());
}

TEST_CASE("what ends a listener ends its operation with the kernel's reason") {
  Listening listening;
  REQUIRE(::shutdown(listening.listener.get(), SHUT_RD) == 0);
  listening.turn();
  REQUIRE(listening.accept.finals == 1);
  CHECK(listening.accept.results.back() == -EINVAL);  // accept(2): not listening
}
