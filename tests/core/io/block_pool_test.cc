// Goal: segments come empty, what is given back drops what it held, and no more is kept than the
// limits say. Method: the pool alone; owners whose use count tells whether they were let go.

#include "core/io/block_pool.h"

#include <doctest/doctest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "tests/core/base/death.h"

namespace {

using core::BlockPool;
using core::Segment;

void give_back_all(BlockPool& pool, std::vector<Segment*>& segments) {
  for (Segment* segment : segments) pool.give_back(segment);
  segments.clear();
}

}  // namespace

TEST_CASE("a segment comes empty, with a block of its own or without") {
  BlockPool pool;
  Segment* bare = pool.take_segment();
  CHECK(bare->block == nullptr);
  CHECK(bare->data == nullptr);
  CHECK(bare->size == 0);
  Segment* with_block = pool.take_segment_with_block();
  REQUIRE(with_block->block != nullptr);
  CHECK(with_block->data == with_block->block);
  CHECK(with_block->size == 0);
  std::memset(with_block->block, 'x', BlockPool::kBlockBytes);  // all of it is ours
  CHECK(pool.in_use() == 2);
  pool.give_back(bare);
  pool.give_back(with_block);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("what was used before leaves no trace") {
  BlockPool pool;
  const auto owner = std::make_shared<const int>(1);
  const auto file = std::make_shared<const core::OpenFile>();
  Segment* segment = pool.take_segment_with_block();
  segment->owner = owner;
  segment->file = file;
  segment->size = 99;
  segment->file_offset = 7;
  segment->next = segment;
  pool.give_back(segment);
  CHECK(owner.use_count() == 1);
  CHECK(file.use_count() == 1);
  Segment* again = pool.take_segment();
  CHECK(again->next == nullptr);
  CHECK(again->data == nullptr);
  CHECK(again->block == nullptr);
  CHECK(again->size == 0);
  CHECK(again->file_offset == 0);
  CHECK(again->owner == nullptr);
  CHECK(again->file == nullptr);
  pool.give_back(again);
}

TEST_CASE("a hot loop takes the memory that it gave back") {
  BlockPool pool;
  Segment* first = pool.take_segment_with_block();
  const char* const block = first->block;
  pool.give_back(first);
  Segment* second = pool.take_segment_with_block();
  CHECK(second == first);
  CHECK(second->block == block);
  pool.give_back(second);
}

TEST_CASE("up to the limit of kept blocks and segments, and one more") {
  for (const std::size_t count : {BlockPool::kKeptBlocks, BlockPool::kKeptBlocks + 1,
                                  BlockPool::kKeptSegments, BlockPool::kKeptSegments + 1}) {
    CAPTURE(count);
    BlockPool pool;
    std::vector<Segment*> segments;
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < count; ++i) {
        Segment* segment = segments.emplace_back(pool.take_segment_with_block());
        std::memset(segment->block, round, BlockPool::kBlockBytes);
      }
      CHECK(pool.in_use() == count);
      give_back_all(pool, segments);
      CHECK(pool.in_use() == 0);
    }
  }
}

TEST_CASE("a segment that is still out when the pool ends is a mistake of the program") {
  CHECK(test::dies([] {
    BlockPool pool;
    static_cast<void>(pool.take_segment());
  }));
  CHECK(test::dies([] {
    BlockPool pool;
    Segment segment;
    pool.give_back(&segment);
  }));
}
