// Goal: records come out as they went in, in order, wherever in the ring they fall; what does not
// fit is dropped and counted, and nothing else. Method: one thread plays both sides; every offset,
// the exact size, one byte more, and a random comparison with a queue. A record takes 4 bytes more
// than its own, rounded up to 8 (log_ring.h).

#include "core/log/log_ring.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <string_view>

#include "tests/core/base/death.h"

namespace {

using core::LogRing;

bool try_put(LogRing& ring, std::string_view text) {
  const auto room = ring.try_reserve(text.size());
  if (room.data() == nullptr) return false;
  CHECK(room.size() == text.size());
  std::ranges::copy(text, room.begin());
  ring.commit();
  return true;
}

std::string front(LogRing& ring) {
  const auto record = ring.front();
  return {record.begin(), record.end()};
}

std::string take(LogRing& ring) {
  std::string text = front(ring);
  ring.release();
  return text;
}

std::string text_of(std::size_t size, std::size_t number) {
  std::string text(size, static_cast<char>('a' + number % 26));
  if (size > 0) text.back() = '|';
  return text;
}

}  // namespace

TEST_CASE("an empty ring has no record") {
  LogRing ring(64);
  CHECK(ring.empty());
  CHECK(ring.front().data() == nullptr);
  CHECK(ring.dropped() == 0);
}

TEST_CASE("records come out in order, each as it was") {
  LogRing ring(1024);
  for (const std::string_view text : {"one", "two", "three and more", "x"}) {
    REQUIRE(try_put(ring, text));
  }
  CHECK_FALSE(ring.empty());
  CHECK(front(ring) == "one");
  CHECK(take(ring) == "one");  // the same until it is released
  CHECK(take(ring) == "two");
  CHECK(take(ring) == "three and more");
  CHECK(take(ring) == "x");
  CHECK(ring.empty());
}

TEST_CASE("a reservation that is not committed never happened") {
  LogRing ring(64);
  REQUIRE(ring.try_reserve(20).size() == 20);
  CHECK(ring.empty());
  CHECK(ring.front().data() == nullptr);
  REQUIRE(try_put(ring, "after"));
  CHECK(take(ring) == "after");
  CHECK(ring.empty());
  CHECK(ring.dropped() == 0);
}

TEST_CASE("nor does one that would have gone back to the start") {
  LogRing ring(64);
  REQUIRE(try_put(ring, text_of(36, 0)));  // 40 of 64
  CHECK(take(ring) == text_of(36, 0));
  REQUIRE(ring.try_reserve(24).size() == 24);  // 32: not behind it
  REQUIRE(try_put(ring, text_of(12, 1)));      // 16: behind it
  CHECK(take(ring) == text_of(12, 1));
  REQUIRE(try_put(ring, text_of(24, 2)));
  CHECK(take(ring) == text_of(24, 2));
}

TEST_CASE("the ring is full at exactly its size, and not a byte earlier") {
  for (const std::size_t bytes : {std::size_t{64}, std::size_t{4096}}) {
    CAPTURE(bytes);
    LogRing one_record(bytes);
    CHECK_FALSE(try_put(one_record, std::string(bytes - 4 + 1, 'x')));
    CHECK(one_record.dropped() == 1);
    REQUIRE(try_put(one_record, std::string(bytes - 4, 'x')));
    CHECK(one_record.dropped() == 1);
    CHECK_FALSE(try_put(one_record, ""));
    CHECK_FALSE(try_put(one_record, "y"));
    CHECK(one_record.dropped() == 3);
    CHECK(take(one_record) == std::string(bytes - 4, 'x'));
    CHECK(try_put(one_record, "y"));
    CHECK(take(one_record) == "y");

    LogRing small_records(bytes);
    for (std::size_t i = 0; i < bytes / 16; ++i) REQUIRE(try_put(small_records, text_of(12, i)));
    CHECK_FALSE(try_put(small_records, "one more"));
    CHECK(small_records.dropped() == 1);
    CHECK(take(small_records) == text_of(12, 0));
    CHECK(try_put(small_records, "in its place"));
    for (std::size_t i = 1; i < bytes / 16; ++i) CHECK(take(small_records) == text_of(12, i));
    CHECK(take(small_records) == "in its place");
  }
}

TEST_CASE("every size at every offset goes around the end") {
  constexpr std::size_t kBytes = 256;
  for (std::size_t offset = 0; offset < kBytes; offset += 8) {
    for (std::size_t size = 1; size <= kBytes / 2 - 4; ++size) {
      LogRing ring(kBytes);
      // Moves the start to `offset`.
      for (std::size_t moved = 0; moved < offset; moved += 8) {
        REQUIRE(try_put(ring, "1234"));
        REQUIRE(take(ring) == "1234");
      }
      // A record of at most half the ring always fits an empty one.
      REQUIRE(try_put(ring, text_of(size, 1)));
      const bool second = try_put(ring, text_of(size, 2));
      REQUIRE(take(ring) == text_of(size, 1));
      if (second) REQUIRE(take(ring) == text_of(size, 2));
      REQUIRE(ring.empty());
      REQUIRE(ring.dropped() == (second ? 0 : 1));
    }
  }
}

TEST_CASE("sizes that no ring has are dropped, not believed") {
  LogRing ring(64);
  for (const std::size_t size : {std::size_t{65}, std::size_t{0xffff'fffb},
                                 std::size_t{0xffff'ffff}, std::size_t{0x1'0000'0000}}) {
    CAPTURE(size);
    CHECK(ring.try_reserve(size).data() == nullptr);
  }
  CHECK(ring.dropped() == 4);
  CHECK(try_put(ring, "still works"));
  CHECK(take(ring) == "still works");
}

TEST_CASE("random records agree with a queue") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  constexpr std::size_t kBytes = 1024;
  LogRing ring(kBytes);
  std::deque<std::string> model;
  std::uint64_t dropped = 0;
  for (std::size_t step = 0; step < 50'000; ++step) {
    if (random() % 2 == 0) {
      const std::string text = text_of(1 + random() % 200, step);
      if (random() % 10 == 0) {  // reserved, not committed
        if (ring.try_reserve(text.size()).data() == nullptr) ++dropped;
      } else if (try_put(ring, text)) {
        model.push_back(text);
      } else {
        ++dropped;
        // Not while it is nearly empty.
        std::size_t used = 0;
        for (const std::string& record : model) used += record.size() + 12;
        REQUIRE(used + 2 * 212 > kBytes);
      }
    } else if (!model.empty()) {
      REQUIRE(take(ring) == model.front());
      model.pop_front();
    }
    REQUIRE(ring.empty() == model.empty());
    REQUIRE(ring.dropped() == dropped);
  }
}

TEST_CASE("what a programmer must not do ends the program") {
  CHECK(test::dies([] { const LogRing no_power_of_two(100); }));
  CHECK(test::dies([] { const LogRing too_small(32); }));
  CHECK(test::dies([] {
    LogRing ring(64);
    ring.commit();
  }));
  CHECK(test::dies([] {
    LogRing ring(64);
    static_cast<void>(try_put(ring, "x"));
    ring.commit();
  }));
}
