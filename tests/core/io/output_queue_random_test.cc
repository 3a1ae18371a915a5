// Goal: any mixture of appending and consuming is a plain queue of bytes.
// Method: random operations compared with a string; files are stretches of one letter. The seed is
// printed.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "core/io/output_queue.h"
#include "tests/core/io/connected_sockets.h"

namespace {

using core::BlockPool;
using core::OutputQueue;

constexpr std::uint64_t kFileBytes = 100'000;

// What the pump would send next, files included.
std::string next_bytes(const OutputQueue& queue, const std::string& file) {
  if (const core::Segment* front = queue.front_file()) {
    return file.substr(front->file_offset, front->size);
  }
  std::array<iovec, 3> vectors{};
  const std::size_t used = queue.gather(vectors);
  std::string bytes;
  for (std::size_t i = 0; i < used; ++i) {
    bytes.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
  }
  return bytes;
}

}  // namespace

TEST_CASE("random appends and consumes agree with a string") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  BlockPool pool;
  const std::string file_bytes = test::varied_bytes(kFileBytes, seed);
  const auto file = std::make_shared<const core::OpenFile>();
  OutputQueue queue(pool);
  std::string model;
  std::uint64_t consumed = 0;
  for (int step = 0; step < 4000; ++step) {
    CAPTURE(step);
    const std::size_t size = below(below(20) == 0 ? 20'000 : 300);
    const std::string bytes = test::varied_bytes(size, static_cast<unsigned>(random()));
    switch (below(6)) {
      case 0:
        queue.append(bytes);
        model += bytes;
        break;
      case 1: {
        const auto owner = std::make_shared<const std::string>(bytes);
        queue.append_shared(*owner, owner);
        model += bytes;
        break;
      }
      case 2: {
        const auto room = queue.reserve(std::clamp<std::size_t>(size, 1, BlockPool::kBlockBytes));
        const std::size_t used = below(4) == 0 ? 0 : below(std::min(size, room.size()) + 1);
        std::memcpy(room.data(), bytes.data(), used);
        queue.commit(used);
        model.append(bytes, 0, used);
        break;
      }
      case 3: {
        if (below(4) != 0) break;
        const std::uint64_t offset = below(kFileBytes - 1);
        const std::uint64_t length = 1 + below(std::min<std::uint64_t>(kFileBytes - offset, 9000));
        queue.append_file(file, offset, length);
        model += file_bytes.substr(offset, length);
        break;
      }
      default: {
        const std::string next = next_bytes(queue, file_bytes);
        const bool is_prefix = model.compare(0, next.size(), next) == 0;
        REQUIRE(is_prefix);
        REQUIRE(next.empty() == model.empty());
        const std::size_t taken = below(next.size() + 1);
        queue.consume(taken);
        model.erase(0, taken);
        consumed += taken;
      }
    }
    REQUIRE(queue.size() == model.size());
    REQUIRE(queue.empty() == model.empty());
    REQUIRE(queue.consumed() == consumed);
  }
  queue.clear();
  CHECK(pool.in_use() == 0);
}
