#include "core/io/block_pool.h"

#include "core/base/invariant.h"

namespace core {

BlockPool::BlockPool() {
  free_segments_.reserve(kKeptSegments);
  free_blocks_.reserve(kKeptBlocks);
}

BlockPool::~BlockPool() {
  INVARIANT(in_use_ == 0);
  for (Segment* segment : free_segments_) delete segment;
  for (char* block : free_blocks_) delete[] block;
}

Segment* BlockPool::take_segment() {
  ++in_use_;
  if (free_segments_.empty()) return new Segment;
  Segment* segment = free_segments_.back();
  free_segments_.pop_back();
  return segment;
}

Segment* BlockPool::take_segment_with_block() {
  Segment* segment = take_segment();
  ++blocks_in_use_;
  if (free_blocks_.empty()) {
    segment->block = new char[kBlockBytes];
  } else {
    segment->block = free_blocks_.back();
    free_blocks_.pop_back();
  }
  segment->data = segment->block;
  return segment;
}

void BlockPool::give_back(Segment* segment) {
  INVARIANT(in_use_ > 0);
  --in_use_;
  if (segment->block != nullptr) {
    --blocks_in_use_;
    if (free_blocks_.size() < kKeptBlocks) {
      free_blocks_.push_back(segment->block);
    } else {
      delete[] segment->block;
    }
  }
  if (free_segments_.size() < kKeptSegments) {
    *segment = Segment{};
    free_segments_.push_back(segment);
  } else {
    delete segment;
  }
}

}  // namespace core
