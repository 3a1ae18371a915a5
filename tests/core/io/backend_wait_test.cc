// Goal: a wait lasts as long as it was told, ends when something completes, and counters wake it.
// Method: both engines; a second thread makes things happen while the first one waits.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/core/io/backend_driver.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using namespace std::chrono_literals;
using core::OperationKind;
using test::BackendDriver;
using test::ConnectedSockets;
using test::TestOperation;

void write_counter(const core::UniqueFd& counter) {
  const std::uint64_t one = 1;
  static_cast<void>(::write(counter.get(), &one, sizeof one) == sizeof one);
}

// A wait may end early: the kernel interrupts us when it frees the ring of the test before.
constexpr int kInterruptionsMax = 20;

// Turns for `limit`; how many it took. Nothing may complete.
int turns_that_waited(BackendDriver& driver, core::Duration limit) {
  const core::TimePoint until = core::Clock::now() + limit;
  int turns = 0;
  for (core::TimePoint now = core::Clock::now(); now < until; now = core::Clock::now()) {
    CHECK(driver.turn(until - now) == 0);
    ++turns;
  }
  return turns;
}

}  // namespace

TEST_CASE_TEMPLATE("a limit of zero does not wait", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  driver.start(receive);
  const core::TimePoint began = core::Clock::now();
  for (int i = 0; i < 10; ++i) CHECK(driver.turn(0ns) == 0);
  CHECK(core::Clock::now() - began < test::kFailAfter);
  driver.take_back(receive);
}

TEST_CASE_TEMPLATE("a finite limit is waited for when nothing happens", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  for (const bool something_waits : {false, true}) {
    if (something_waits) driver.start(receive);
    driver.settle();  // what arming may have to say has been said
    for (const core::Duration limit :
         {core::Duration(100us), core::Duration(1ms), core::Duration(25ms)}) {
      CHECK(turns_that_waited(driver, limit) <= kInterruptionsMax);
    }
  }
  driver.take_back(receive);
}

TEST_CASE_TEMPLATE("a wait without limit ends when something completes", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  std::string sent;
  for (int round = 0; round < 50; ++round) {
    driver.start(receive);
    bool put = false;
    std::thread peer([&] { put = test::put(pair.peer, "x"); });
    while (!receive.done()) driver.turn(core::Duration::max());
    peer.join();
    REQUIRE(put);
    sent += "x";
    CHECK(receive.bytes == sent);
  }
}

TEST_CASE_TEMPLATE("a limit of many days does not end at once", Engine, test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  for (const core::Duration limit : {core::Duration(24h * 400), core::Duration::max() - 1ns}) {
    driver.start(receive);
    driver.settle();
    std::thread peer([&] { static_cast<void>(test::put(pair.peer, "x")); });
    int turns = 0;
    for (; !receive.done(); ++turns) driver.turn(limit);
    peer.join();
    CHECK(turns < 10);
  }
}

TEST_CASE_TEMPLATE("what is started completes in the same wait when it can", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const ConnectedSockets pair = test::unix_pair();
  TestOperation writable(OperationKind::kPollWritable, pair.ours.get());
  TestOperation unsent(OperationKind::kUnsentBytes, pair.ours.get());
  TestOperation end(OperationKind::kShutdown, pair.ours.get());
  for (TestOperation* immediate : {&writable, &unsent, &end}) {
    driver.start(*immediate);
    CHECK(driver.turn(core::Duration::max()) == 1);
    CHECK(immediate->done());
  }
}

TEST_CASE_TEMPLATE("a signal interrupts the wait and nothing else", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = [](int) {};  // without SA_RESTART
  REQUIRE(::sigaction(SIGUSR1, &ignore, &before) == 0);
  const ConnectedSockets pair = test::unix_pair();
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  const pthread_t waiting = ::pthread_self();
  for (int round = 0; round < 20; ++round) {
    driver.start(receive);
    std::thread peer([&] {
      for (int i = 0; i < 10; ++i) ::pthread_kill(waiting, SIGUSR1);
      static_cast<void>(test::put(pair.peer, "x"));
    });
    CHECK(driver.finish(receive));
    peer.join();
    CHECK(receive.last() == 1);
  }
  REQUIRE(::sigaction(SIGUSR1, &before, nullptr) == 0);
}

TEST_CASE_TEMPLATE("a counter that blocks is read when it was written, never before", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd counter(::eventfd(0, EFD_CLOEXEC));
  TestOperation read(OperationKind::kReadCounter, counter.get());
  for (int round = 0; round < 20; ++round) {
    CAPTURE(round);
    // Writes before the start, after it, and several for one read.
    if (round % 3 == 0) write_counter(counter);
    driver.start(read);
    if (round % 3 != 0) {
      CHECK(driver.settle() == 0);
      for (int i = 0; i < round % 3; ++i) write_counter(counter);
    }
    REQUIRE(driver.finish(read));
    CHECK(read.last() == 8);
  }
  // Everything was read: a further read waits.
  driver.start(read);
  CHECK(driver.settle() == 0);
  driver.take_back(read);
  CHECK(read.last() == -ECANCELED);
}

TEST_CASE_TEMPLATE("counting from other threads wakes every time", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  constexpr int kWrites = 3000;
  const core::UniqueFd counter(::eventfd(0, EFD_CLOEXEC));
  const core::UniqueFd answer(::eventfd(0, EFD_CLOEXEC));
  std::thread writer([&] {
    for (int i = 0; i < kWrites; ++i) {
      write_counter(counter);
      std::uint64_t value = 0;
      if (::read(answer.get(), &value, sizeof value) != sizeof value) return;
    }
  });
  TestOperation read(OperationKind::kReadCounter, counter.get());
  for (int i = 0; i < kWrites; ++i) {
    driver.start(read);
    while (!read.done()) driver.turn(core::Duration::max());
    write_counter(answer);
  }
  writer.join();
  CHECK(read.results == std::vector<int>(kWrites, 8));
}

TEST_CASE_TEMPLATE("a number that is used again is a new descriptor", Engine, test::Uring,
                   test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const int number = [] {
    const ConnectedSockets pair = test::unix_pair();
    return pair.ours.get();
  }();
  const auto pair_on_number = [&](bool tcp) {
    ConnectedSockets pair = tcp ? test::tcp_pair() : test::unix_pair();
    if (pair.ours.get() == number) return pair;
    REQUIRE(::dup3(pair.ours.get(), number, O_CLOEXEC) == number);
    pair.ours.reset(number);
    return pair;
  };
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    ConnectedSockets pair = pair_on_number(round % 4 < 2);
    TestOperation receive(OperationKind::kReceive, pair.ours.get());
    TestOperation writable(OperationKind::kPollWritable, pair.ours.get());
    CHECK(driver.result_of(writable) >= 0);
    driver.start(receive);
    CHECK(driver.settle() == 0);
    REQUIRE(test::put(pair.peer, "new"));
    REQUIRE(driver.finish(receive));
    CHECK(receive.bytes == "new");
    // Left behind in the worst state: full, at its end, or with an operation cancelled at the last.
    if (round % 3 == 0) {
      test::fill(pair.ours);
      driver.start(writable);
      driver.settle();
      driver.take_back(writable);
    } else if (round % 3 == 1) {
      pair.peer.reset();
      CHECK(driver.result_of(receive) <= 0);
    } else {
      driver.start(receive);
      driver.settle();
      driver.take_back(receive);
    }
    driver.close(pair.ours);
  }
}

TEST_CASE_TEMPLATE("a counter ends a sleep apart, and so does what comes behind it", Engine,
                   test::Uring, test::Epoll) {
  BackendDriver driver(Engine::kMake);
  if (!driver.ready()) return;
  const core::UniqueFd counter(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const ConnectedSockets pair = test::unix_pair();
  TestOperation read(OperationKind::kReadCounter, counter.get());
  TestOperation receive(OperationKind::kReceive, pair.ours.get());
  driver.start(read);
  driver.start(receive);
  driver.settle();
  std::size_t slept = 0;
  for (std::size_t times = 1; times <= 100; ++times) {
    std::thread other([&] {
      write_counter(counter);
      CHECK(::write(pair.peer.get(), "x", 1) == 1);
    });
    const core::TimePoint began = core::Clock::now();
    while (read.finals < times || receive.bytes.size() < times) {
      if (driver.turn(0ns) > 0) continue;
      driver.backend().sleep(test::kFailAfter);  // tidy: sleeps because that is what is tried
      ++slept;
      if (core::Clock::now() - began >= test::kFailAfter) break;
    }
    other.join();
    const bool in_time = core::Clock::now() - began < test::kFailAfter;
    CHECK(in_time);
    if (!in_time) break;
    driver.start(read);
    if (receive.done()) driver.start(receive);
  }
  CHECK(slept > 0);
  driver.take_back(read);
  driver.take_back(receive);
}
