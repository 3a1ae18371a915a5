// Goal: one producer and one consumer need no lock: every record is whole, in order, and either
// arrives or is counted as dropped. Method: two threads on a small ring; each record holds its
// number and bytes that follow from it.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <thread>

#include "core/log/log_ring.h"

namespace {

using core::LogRing;

constexpr std::uint32_t kRecords = 100'000;

char filler(std::uint32_t number, std::size_t position) {
  return static_cast<char>(number * 31 + position);
}

// False when the ring was full.
bool try_put(LogRing& ring, std::uint32_t number, std::size_t size) {
  const auto room = ring.try_reserve(size);
  if (room.data() == nullptr) return false;
  std::memcpy(room.data(), &number, sizeof number);
  for (std::size_t i = sizeof number; i < size; ++i) room[i] = filler(number, i);
  ring.commit();
  return true;
}

bool is_whole(std::span<const char> record, std::uint32_t& number) {
  if (record.size() < sizeof number) return false;
  std::memcpy(&number, record.data(), sizeof number);
  for (std::size_t i = sizeof number; i < record.size(); ++i) {
    if (record[i] != filler(number, i)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("one thread writes while another reads") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  LogRing ring(4096);
  std::atomic<bool> written{false};
  std::uint32_t refused = 0;
  std::thread producer([&] {
    std::mt19937 random(seed);
    for (std::uint32_t number = 0; number < kRecords; ++number) {
      if (!try_put(ring, number, sizeof number + random() % 120)) ++refused;
      // Now and then as long as the consumer needs, so that it also meets an empty ring.
      if (random() % 512 == 0) {
        while (!ring.empty()) std::this_thread::yield();
      }
    }
    written.store(true);
  });
  std::uint32_t arrived = 0;
  std::uint32_t torn = 0;
  std::uint32_t out_of_order = 0;
  std::uint32_t next = 0;
  for (;;) {
    const bool last_look = written.load();
    for (auto record = ring.front(); record.data() != nullptr; record = ring.front()) {
      std::uint32_t number = 0;
      if (!is_whole(record, number)) ++torn;
      if (number < next) ++out_of_order;
      next = number + 1;
      ++arrived;
      ring.release();
    }
    if (last_look) break;
    std::this_thread::yield();
  }
  producer.join();
  CHECK(torn == 0);
  CHECK(out_of_order == 0);
  CHECK(arrived + refused == kRecords);
  CHECK(ring.dropped() == refused);
  CHECK(ring.empty());
}
