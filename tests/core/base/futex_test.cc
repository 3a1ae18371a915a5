// Goal: a sleeper wakes when told to, when the word has changed, and when its limit has passed.
// Method: real threads; the 60 s of the test runner are the limit of a wake-up that was lost.

#include "core/base/futex.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

TEST_CASE("a word that is not what was expected: no waiting") {
  const std::atomic<std::uint32_t> word{1};
  core::futex_wait(word, 0);
  CHECK(word.load() == 1);
}

TEST_CASE("without a wake-up the limit is waited for, and not less") {
  const std::atomic<std::uint32_t> word{0};
  const core::TimePoint until = core::Clock::now() + 20ms;
  int waits = 0;
  // It may wake early: a signal, or a stray wake-up of the kernel.
  for (; core::Clock::now() < until; ++waits) core::futex_wait(word, 0, until - core::Clock::now());
  CHECK(waits >= 1);
  CHECK(waits < 1000);
}

TEST_CASE("a limit that has passed already: no waiting") {
  const std::atomic<std::uint32_t> word{0};
  const core::TimePoint began = core::Clock::now();
  for (const core::Duration limit : {core::Duration(0), core::Duration(-1), core::Duration(-5s)}) {
    core::futex_wait(word, 0, limit);
  }
  CHECK(core::Clock::now() - began < 10s);
}

TEST_CASE("a change that is followed by a wake-up is never missed") {
  constexpr std::uint32_t kRounds = 2000;
  std::atomic<std::uint32_t> ping{0};
  std::atomic<std::uint32_t> pong{0};
  std::thread other([&] {
    for (std::uint32_t round = 0; round < kRounds; ++round) {
      while (ping.load() == round) core::futex_wait(ping, round);
      pong.fetch_add(1);
      core::futex_wake(pong, 1);
    }
  });
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    ping.fetch_add(1);
    core::futex_wake(ping, 1);
    while (pong.load() == round) core::futex_wait(pong, round);
  }
  other.join();
  CHECK(ping.load() == kRounds);
  CHECK(pong.load() == kRounds);
}

TEST_CASE("any number of sleepers can be woken at once") {
  for (const std::uint32_t sleepers_max : {8U, std::numeric_limits<std::uint32_t>::max()}) {
    CAPTURE(sleepers_max);
    std::atomic<std::uint32_t> word{0};
    std::atomic<int> woken{0};
    std::vector<std::thread> sleepers;
    sleepers.reserve(8);
    for (int i = 0; i < 8; ++i) {
      sleepers.emplace_back([&] {
        while (word.load() == 0) core::futex_wait(word, 0);
        woken.fetch_add(1);
      });
    }
    word.store(1);
    core::futex_wake(word, sleepers_max);
    for (std::thread& sleeper : sleepers) sleeper.join();
    CHECK(woken.load() == 8);
  }
}
