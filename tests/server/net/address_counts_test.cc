// Goal: no address ever has more than its maximum, whatever others do at the same time, and what
// has left is forgotten. Method: tables that are too small on purpose, so that addresses share a
// bucket; threads that enter and leave without pause, each of them checking who is in.
#include "server/net/address_counts.h"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace {

using server::AddressCounts;
using Entry = AddressCounts::Entry;

// In the room of one bucket.
constexpr std::size_t kOneBucket = 1;
constexpr std::size_t kSlots = 8;

AddressCounts::Address address(std::uint32_t number) {
  AddressCounts::Address address{};
  for (std::size_t i = 0; i < 4; ++i) {
    address[12 + i] = static_cast<std::uint8_t>(number >> (8 * (3 - i)));
  }
  return address;
}

std::size_t enter_all(AddressCounts& counts, const AddressCounts::Address& one) {
  std::size_t entered = 0;
  while (counts.try_enter(one) == Entry::kEntered) ++entered;
  return entered;
}

}  // namespace

TEST_CASE("an address has its maximum, one more is full, and who leaves makes room for one") {
  for (const std::size_t maximum : {std::size_t{1}, std::size_t{2}, std::size_t{100}}) {
    CAPTURE(maximum);
    AddressCounts counts(maximum, 1000);
    CHECK(enter_all(counts, address(1)) == maximum);
    CHECK(counts.try_enter(address(1)) == Entry::kFull);
    counts.leave(address(1));
    CHECK(counts.try_enter(address(1)) == Entry::kEntered);
    CHECK(counts.try_enter(address(1)) == Entry::kFull);
    for (std::size_t i = 0; i < maximum; ++i) counts.leave(address(1));
    CHECK(enter_all(counts, address(1)) == maximum);
  }
}

TEST_CASE("addresses that differ in any byte count apart") {
  AddressCounts counts(1, 1000);
  for (std::size_t byte = 0; byte < 16; ++byte) {
    CAPTURE(byte);
    AddressCounts::Address one{};
    one[byte] = 1;
    CHECK(counts.try_enter(one) == Entry::kEntered);
    CHECK(counts.try_enter(one) == Entry::kFull);
  }
  CHECK(counts.try_enter({}) == Entry::kEntered);
  CHECK(counts.try_enter({}) == Entry::kFull);
}

TEST_CASE("as many addresses as there is room for, each with a count of its own") {
  constexpr std::uint32_t kAddresses = 10'000;
  AddressCounts counts(2, kAddresses);
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < kAddresses; ++i) {
      REQUIRE(counts.try_enter(address(i)) == Entry::kEntered);
    }
  }
  for (std::uint32_t i = 0; i < kAddresses; ++i) {
    REQUIRE(counts.try_enter(address(i)) == Entry::kFull);
  }
  for (std::uint32_t i = 0; i < kAddresses; i += 2) counts.leave(address(i));
  for (std::uint32_t i = 0; i < kAddresses; ++i) {
    REQUIRE(counts.try_enter(address(i)) == (i % 2 == 0 ? Entry::kEntered : Entry::kFull));
  }
}

TEST_CASE("addresses in one bucket do not share a count, and one that leaves is in nobody's way") {
  AddressCounts counts(3, kOneBucket);
  for (std::uint32_t i = 0; i < kSlots; ++i) CHECK(enter_all(counts, address(i)) == 3);
  // From the front, so that later ones are found behind free slots.
  for (std::uint32_t i = 0; i + 1 < kSlots; ++i) {
    CAPTURE(i);
    for (int n = 0; n < 3; ++n) counts.leave(address(i));
    for (std::uint32_t other = i + 1; other < kSlots; ++other) {
      CHECK(counts.try_enter(address(other)) == Entry::kFull);
    }
  }
}

TEST_CASE("without room an address is let in uncounted, and counted once there is room") {
  AddressCounts counts(1, kOneBucket);
  for (std::uint32_t i = 0; i < kSlots; ++i) {
    REQUIRE(counts.try_enter(address(i)) == Entry::kEntered);
  }
  CHECK(counts.try_enter(address(100)) == Entry::kUncounted);
  CHECK(counts.try_enter(address(100)) == Entry::kUncounted);
  CHECK(counts.try_enter(address(3)) == Entry::kFull);
  counts.leave(address(3));
  CHECK(counts.try_enter(address(100)) == Entry::kEntered);
  CHECK(counts.try_enter(address(100)) == Entry::kFull);
}

// Two threads could put one address into two slots, when a slot became free between their looks:
// then it had its maximum twice.
TEST_CASE("whatever threads do at the same time, no address has more than its maximum") {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kAddresses = 4;
  constexpr int kRounds = 200'000;
  constexpr int kMaximum = 1;
  AddressCounts counts(kMaximum, kOneBucket);
  std::array<std::atomic<int>, kAddresses> present{};
  std::atomic<int> too_many{0};
  std::atomic<int> uncounted{0};
  const auto hammer = [&](std::uint32_t seed) {
    std::minstd_rand random(seed);
    for (int round = 0; round < kRounds; ++round) {
      const std::size_t index = random() % kAddresses;
      const auto one = address(static_cast<std::uint32_t>(index));
      const Entry entry = counts.try_enter(one);
      if (entry == Entry::kUncounted) ++uncounted;
      if (entry != Entry::kEntered) continue;
      if (present[index].fetch_add(1) >= kMaximum) ++too_many;
      present[index].fetch_sub(1);
      counts.leave(one);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back(hammer, static_cast<std::uint32_t>(i + 1));
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(too_many == 0);
  CHECK(uncounted == 0);
  // All of them have left: every slot is free again.
  for (std::uint32_t i = 0; i < kSlots; ++i) {
    CHECK(counts.try_enter(address(1000 + i)) == Entry::kEntered);
  }
}
