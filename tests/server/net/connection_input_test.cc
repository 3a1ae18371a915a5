// Goal: bytes come out in the order in which they came in, none twice and none lost, wherever the
// session stops and the turn ends; buffers go back. Method: a pool, pieces of many sizes, taken in
// steps of many sizes.

#include "server/net/connection_input.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using core::BufferPool;
using server::ConnectionInput;

core::ReceivedBuffer received(BufferPool& pool, std::string_view text) {
  const auto id = pool.try_take();
  REQUIRE(id.has_value());
  std::memcpy(pool.data(*id), text.data(), text.size());
  return {pool, *id, text.size()};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What comes out in steps of `step` bytes.
std::string take_all(ConnectionInput& input, std::size_t step) {
  std::string taken;
  for (auto bytes = input.next(); !bytes.empty(); bytes = input.next()) {
    const auto piece = bytes.first(std::min(step, bytes.size()));
    taken += text_of(piece);
    input.take(piece.size());
  }
  return taken;
}

}  // namespace

TEST_CASE("pieces come out as they came in, whatever is taken at a time") {
  for (const std::size_t step : {1U, 2U, 3U, 5U, 100U}) {
    BufferPool pool;
    ConnectionInput input;
    for (const std::string_view text : {"a", "bcd", "ef"}) input.add(received(pool, text));
    CHECK(take_all(input, step) == "abcdef");
    CHECK(pool.free_count() == BufferPool::kBufferCount);
  }
}

TEST_CASE("what a turn leaves is copied, and the buffers go back") {
  BufferPool pool;
  ConnectionInput input;
  input.add(received(pool, "abc"));
  input.add(received(pool, "def"));
  CHECK(text_of(input.next()) == "abc");
  input.take(2);
  input.stash();
  CHECK(pool.free_count() == BufferPool::kBufferCount);
  CHECK(input.backlog_bytes() == 4);

  input.add(received(pool, "gh"));
  CHECK(text_of(input.next()) == "cdef");
  input.take(1);
  input.stash();
  CHECK(input.backlog_bytes() == 5);
  CHECK(take_all(input, 100) == "defgh");
  input.stash();
  CHECK(input.backlog_bytes() == 0);
}

TEST_CASE("more pieces than may be held are copied at once") {
  BufferPool pool;
  ConnectionInput input;
  std::string all;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    all += letter;
    input.add(received(pool, all.substr(all.size() - 1)));
    CHECK(BufferPool::kBufferCount - pool.free_count() <= ConnectionInput::kHeldBuffersMax);
  }
  CHECK(take_all(input, 7) == all);
}

TEST_CASE("what is cleared never comes out") {
  BufferPool pool;
  ConnectionInput input;
  input.add(received(pool, "old"));
  input.stash();
  input.add(received(pool, "older"));
  input.take(1);
  input.clear();
  CHECK(input.next().empty());
  CHECK(pool.free_count() == BufferPool::kBufferCount);
  input.add(received(pool, "new"));
  CHECK(take_all(input, 100) == "new");
}

TEST_CASE("what is put back goes before what is left, however much of it was taken") {
  std::string all;
  for (char letter = 'a'; letter <= 'z'; ++letter) all += letter;
  for (std::size_t taken = 0; taken <= all.size(); ++taken) {
    CAPTURE(taken);
    BufferPool pool;
    ConnectionInput input;
    input.add(received(pool, all));
    input.stash();
    static_cast<void>(input.next());
    input.take(taken);
    input.stash();
    CHECK(input.backlog_bytes() == all.size() - taken);
    input.add(received(pool, "0"));
    input.put_back("1");
    CHECK(input.backlog_bytes() == all.size() - taken + 2);
    CHECK(take_all(input, 7) == "1" + all.substr(taken) + "0");
  }
}
