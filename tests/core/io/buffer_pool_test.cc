// Goal: every buffer has its own memory, none is out twice, and whoever holds one gives it back by
// ending. Method: the pool alone, up to its limit and one more.

#include "core/io/buffer_pool.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "tests/core/base/death.h"

namespace {

using core::BufferPool;
using core::ReceivedBuffer;

}  // namespace

TEST_CASE("all buffers can be out at a time, and not one more") {
  BufferPool pool;
  CHECK(pool.free_count() == BufferPool::kBufferCount);
  std::set<std::uint16_t> out;
  while (const auto id = pool.try_take()) out.insert(*id);
  CHECK(out.size() == BufferPool::kBufferCount);
  CHECK(pool.free_count() == 0);
  CHECK_FALSE(pool.try_take().has_value());
  pool.give_back(*out.begin());
  CHECK(pool.try_take() == *out.begin());
  CHECK_FALSE(pool.try_take().has_value());
}

TEST_CASE("no two buffers share memory, and each is as large as asked for") {
  std::size_t size = 0;
  SUBCASE("the usual size") { size = BufferPool::kBufferBytes; }
  SUBCASE("another size") { size = 8 * BufferPool::kBufferBytes; }
  BufferPool pool(size);
  CHECK(pool.buffer_bytes() == size);
  for (std::uint16_t id = 0; id < BufferPool::kBufferCount; ++id) {
    std::memset(pool.data(id), id % 251, size);
  }
  std::size_t wrong = 0;
  for (std::uint16_t id = 0; id < BufferPool::kBufferCount; ++id) {
    const std::byte expected{static_cast<std::uint8_t>(id % 251)};
    for (std::size_t i = 0; i < size; ++i) {
      if (pool.data(id)[i] != expected) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a received buffer gives itself back once") {
  BufferPool pool;
  const auto id = pool.try_take();
  REQUIRE(id);
  std::memcpy(pool.data(*id), "hello", 5);
  {
    ReceivedBuffer buffer(pool, *id, 5);
    CHECK(buffer.valid());
    CHECK(buffer.bytes().size() == 5);
    CHECK(std::memcmp(buffer.bytes().data(), "hello", 5) == 0);
    CHECK(pool.free_count() == BufferPool::kBufferCount - 1);

    ReceivedBuffer moved = std::move(buffer);
    CHECK(moved.bytes().size() == 5);
    CHECK(pool.free_count() == BufferPool::kBufferCount - 1);
  }
  CHECK(pool.free_count() == BufferPool::kBufferCount);
}

TEST_CASE("assigning over a held buffer gives that one back") {
  BufferPool pool;
  ReceivedBuffer first(pool, *pool.try_take(), 1);
  ReceivedBuffer second(pool, *pool.try_take(), 2);
  first = std::move(second);
  CHECK(pool.free_count() == BufferPool::kBufferCount - 1);
  CHECK(first.bytes().size() == 2);
  ReceivedBuffer& same = first;
  first = std::move(same);
  CHECK(first.bytes().size() == 2);
  first.reset();
  first.reset();
  CHECK_FALSE(first.valid());
  CHECK(first.bytes().empty());
  CHECK(pool.free_count() == BufferPool::kBufferCount);
}

TEST_CASE("a buffer of no pool has no bytes") {
  const ReceivedBuffer nothing;
  CHECK_FALSE(nothing.valid());
  CHECK(nothing.bytes().empty());
}

TEST_CASE("a buffer may be full, but not more than full") {
  BufferPool pool;
  {
    const ReceivedBuffer full(pool, *pool.try_take(), BufferPool::kBufferBytes);
    CHECK(full.bytes().size() == BufferPool::kBufferBytes);
  }
  CHECK(test::dies([&] {
    const ReceivedBuffer too_full(pool, *pool.try_take(), BufferPool::kBufferBytes + 1);
  }));
}

TEST_CASE("giving back what was never out is a mistake of the program") {
  BufferPool pool;
  CHECK(test::dies([&] { pool.give_back(0); }));
  REQUIRE(pool.try_take());
  CHECK(test::dies([&] { pool.give_back(BufferPool::kBufferCount); }));
}

TEST_CASE("those that are taken first have their pages when they were asked for") {
  BufferPool pool;
  pool.populate(8);
  for (int i = 0; i < 8; ++i) {
    const auto id = pool.try_take();
    REQUIRE(id);
    unsigned char is_there = 0;
    REQUIRE(::mincore(pool.data(*id), BufferPool::kBufferBytes, &is_there) == 0);
    CHECK((is_there & 1U) == 1U);
  }
}
