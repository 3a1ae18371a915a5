// Goal: bytes leave in the order in which they were appended, whatever they are: copied, shared or
// a file's. Method: the queue alone; gather() and consume() play the pump.

#include "core/io/output_queue.h"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/base/death.h"

namespace {

using core::BlockPool;
using core::OutputQueue;

std::string gathered(const OutputQueue& queue, std::size_t vectors_max = 64) {
  std::vector<iovec> vectors(vectors_max);
  const std::size_t used = queue.gather(vectors);
  std::string bytes;
  for (std::size_t i = 0; i < used; ++i) {
    CHECK(vectors[i].iov_len > 0);
    bytes.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
  }
  return bytes;
}

std::size_t vectors_used(const OutputQueue& queue) {
  std::array<iovec, 64> vectors{};
  return queue.gather(vectors);
}

std::shared_ptr<const std::string> shared_text(std::size_t size, char letter) {
  return std::make_shared<const std::string>(size, letter);
}

std::shared_ptr<const core::OpenFile> some_file() {
  return std::make_shared<const core::OpenFile>();
}

}  // namespace

TEST_CASE("an empty queue has nothing to send and owns nothing") {
  BlockPool pool;
  OutputQueue queue(pool);
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
  CHECK(vectors_used(queue) == 0);
  CHECK(queue.front_file() == nullptr);
  queue.append("");
  CHECK(pool.in_use() == 0);
}

TEST_CASE("small answers of a turn run together in one block") {
  BlockPool pool;
  OutputQueue queue(pool);
  queue.append("one ");
  queue.append_shared("two ", nullptr);
  const auto room = queue.reserve(100);
  REQUIRE(room.size() == 100);
  std::memcpy(room.data(), "three", 5);
  queue.commit(5);
  CHECK(gathered(queue) == "one two three");
  CHECK(vectors_used(queue) == 1);
  CHECK(queue.size() == 13);
}

TEST_CASE("sharing begins at its limit: one byte less is copied") {
  BlockPool pool;
  OutputQueue queue(pool);
  const auto copied = shared_text(OutputQueue::kShareBytesMin - 1, 'c');
  queue.append_shared(*copied, copied);
  CHECK(copied.use_count() == 1);
  const auto shared = shared_text(OutputQueue::kShareBytesMin, 's');
  queue.append_shared(*shared, shared);
  CHECK(shared.use_count() == 2);
  CHECK(gathered(queue) == *copied + *shared);
  queue.consume(copied->size() + shared->size() - 1);
  CHECK(shared.use_count() == 2);
  queue.consume(1);
  CHECK(shared.use_count() == 1);
}

TEST_CASE("a block's worth, and one byte more") {
  for (const std::size_t size : {BlockPool::kBlockBytes, BlockPool::kBlockBytes + 1}) {
    CAPTURE(size);
    BlockPool pool;
    OutputQueue queue(pool);
    const std::string bytes(size, 'b');
    queue.append(bytes);
    CHECK(gathered(queue) == bytes);
    CHECK(pool.in_use() == (size > BlockPool::kBlockBytes ? 2 : 1));
    queue.consume(size);
    CHECK(queue.empty());
    CHECK(pool.in_use() == 0);
  }
}

TEST_CASE("a reservation is one piece, up to a block; more or none is a mistake") {
  BlockPool pool;
  OutputQueue queue(pool);
  queue.append("x");
  const auto room = queue.reserve(BlockPool::kBlockBytes);
  REQUIRE(room.size() == BlockPool::kBlockBytes);
  std::memset(room.data(), 'y', room.size());
  queue.commit(room.size());
  CHECK(gathered(queue) == "x" + std::string(BlockPool::kBlockBytes, 'y'));
  CHECK(test::dies([&] { static_cast<void>(queue.reserve(BlockPool::kBlockBytes + 1)); }));
  CHECK(test::dies([&] { static_cast<void>(queue.reserve(0)); }));
  CHECK(test::dies([&] { queue.commit(1); }));
}

TEST_CASE("bytes count when they are committed, not when they are reserved") {
  BlockPool pool;
  OutputQueue queue(pool);
  static_cast<void>(queue.reserve(10));
  CHECK(queue.empty());
  CHECK(vectors_used(queue) == 0);
  queue.commit(0);
  CHECK(queue.empty());
  queue.append("after");
  CHECK(gathered(queue) == "after");
}

TEST_CASE("bytes that were queued do not move when more are appended") {
  BlockPool pool;
  OutputQueue queue(pool);
  queue.append("in flight");
  std::array<iovec, 4> in_flight{};
  REQUIRE(queue.gather(in_flight) == 1);
  for (int i = 0; i < 5000; ++i) queue.append("more and more ");
  CHECK(std::memcmp(in_flight[0].iov_base, "in flight", 9) == 0);
  std::array<iovec, 4> now{};
  queue.gather(now);
  CHECK(now[0].iov_base == in_flight[0].iov_base);
}

TEST_CASE("gather uses no more vectors than it is given") {
  BlockPool pool;
  OutputQueue queue(pool);
  std::string expected;
  for (int i = 0; i < 5; ++i) {
    const auto text = shared_text(5000, static_cast<char>('a' + i));
    queue.append_shared(*text, text);
    expected += *text;
  }
  CHECK(gathered(queue, 3) == expected.substr(0, 15'000));
  CHECK(gathered(queue, 5) == expected);
  CHECK(gathered(queue, 6) == expected);
}

TEST_CASE("a file's range stands in its place and moves on as it is sent") {
  BlockPool pool;
  OutputQueue queue(pool);
  const auto file = some_file();
  queue.append("head");
  queue.append_file(file, 1000, 50);
  queue.append("tail");
  CHECK(queue.size() == 58);
  CHECK(queue.holds_file());
  CHECK(queue.front_file() == nullptr);
  CHECK(gathered(queue) == "head");  // no further than the file
  queue.consume(4);
  REQUIRE(queue.front_file() != nullptr);
  CHECK(queue.front_file()->file == file);
  CHECK(queue.front_file()->file_offset == 1000);
  CHECK(queue.front_file()->size == 50);
  CHECK(vectors_used(queue) == 0);
  queue.consume(20);
  REQUIRE(queue.front_file() != nullptr);
  CHECK(queue.front_file()->file_offset == 1020);
  CHECK(queue.front_file()->size == 30);
  queue.consume(30);
  CHECK(queue.front_file() == nullptr);
  CHECK_FALSE(queue.holds_file());
  CHECK(file.use_count() == 1);
  CHECK(gathered(queue) == "tail");
  CHECK(queue.consumed() == 54);
}

TEST_CASE("a file behind a reservation that was not used is still found") {
  BlockPool pool;
  OutputQueue queue(pool);
  static_cast<void>(queue.reserve(100));
  queue.commit(0);
  queue.append_file(some_file(), 0, 10);
  CHECK(queue.size() == 10);
  CHECK(vectors_used(queue) == 0);
  REQUIRE(queue.front_file() != nullptr);
  CHECK(queue.front_file()->size == 10);
  queue.consume(10);
  CHECK(queue.empty());
  CHECK(pool.in_use() == 0);
}

TEST_CASE("one consume may end in the middle of anything") {
  BlockPool pool;
  OutputQueue queue(pool);
  const auto text = shared_text(5000, 't');
  queue.append("ab");
  queue.append_shared(*text, text);
  queue.append_file(some_file(), 7, 10);
  queue.append("yz");
  queue.consume(2 + 5000 + 4);
  REQUIRE(queue.front_file() != nullptr);
  CHECK(queue.front_file()->file_offset == 11);
  queue.consume(7);
  CHECK(gathered(queue) == "z");
}

TEST_CASE("consuming more than there is, or a range without a length, is a mistake") {
  BlockPool pool;
  OutputQueue queue(pool);
  queue.append("abc");
  CHECK(test::dies([&] { queue.consume(4); }));
  CHECK(test::dies([&] { queue.append_file(some_file(), 0, 0); }));
  CHECK(test::dies([&] { queue.append_file(nullptr, 0, 1); }));
}

TEST_CASE("clearing and ending give everything back") {
  BlockPool pool;
  const auto text = shared_text(5000, 't');
  {
    OutputQueue queue(pool);
    queue.append("x");
    queue.append_shared(*text, text);
    queue.append_file(some_file(), 0, 1);
    queue.clear();
    CHECK(queue.empty());
    CHECK_FALSE(queue.holds_file());
    CHECK(pool.in_use() == 0);
    queue.append("used again");
    CHECK(gathered(queue) == "used again");
    queue.append_shared(*text, text);
  }
  CHECK(pool.in_use() == 0);
  CHECK(text.use_count() == 1);
}
