#include "core/io/output_queue.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/invariant.h"

namespace core {
namespace {

// Bytes of a segment's own block that are not used yet.
std::size_t block_room(const Segment* segment) {
  if (segment == nullptr || segment->block == nullptr) return 0;
  const auto used = static_cast<std::size_t>(segment->data + segment->size - segment->block);
  return BlockPool::kBlockBytes - used;
}

char* block_end(Segment* segment) {
  return segment->block + (segment->data + segment->size - segment->block);
}

}  // namespace

std::span<char> OutputQueue::reserve(std::size_t size) {
  INVARIANT(size > 0 && size <= BlockPool::kBlockBytes);
  if (block_room(tail_) < size) push(pool_->take_segment_with_block());
  return {block_end(tail_), size};
}

void OutputQueue::commit(std::size_t size) {
  INVARIANT(size <= block_room(tail_));
  tail_->size += size;
  size_ += size;
}

void OutputQueue::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (block_room(tail_) == 0) push(pool_->take_segment_with_block());
    const std::size_t piece = std::min(block_room(tail_), bytes.size());
    std::memcpy(block_end(tail_), bytes.data(), piece);
    commit(piece);
    bytes.remove_prefix(piece);
  }
}

void OutputQueue::append_shared(std::string_view bytes, std::shared_ptr<const void> owner) {
  if (bytes.size() < kShareBytesMin) {
    append(bytes);
    return;
  }
  Segment* segment = pool_->take_segment();
  segment->data = bytes.data();
  segment->size = bytes.size();
  segment->owner = std::move(owner);
  push(segment);
  size_ += bytes.size();
}

void OutputQueue::append_file(std::shared_ptr<const OpenFile> file, std::uint64_t offset,
                              std::uint64_t length) {
  INVARIANT(file != nullptr && length > 0);
  Segment* segment = pool_->take_segment();
  segment->file = std::move(file);
  segment->file_offset = offset;
  segment->size = length;
  push(segment);
  size_ += length;
  ++file_segments_;
}

const Segment* OutputQueue::front_file() const {
  const Segment* segment = head_;
  while (segment != nullptr && segment->size == 0)
    segment = segment->next;  // reserved, not written
  return segment != nullptr && segment->file != nullptr ? segment : nullptr;
}

std::size_t OutputQueue::gather(std::span<iovec> vectors) const {
  std::size_t used = 0;
  for (const Segment* segment = head_;
       segment != nullptr && segment->file == nullptr && used < vectors.size();
       segment = segment->next) {
    if (segment->size == 0) continue;  // a block that was reserved but not written yet
    // iovec is shared with readv and so not const; sending never writes.
    vectors[used++] = iovec{const_cast<char*>(segment->data), segment->size};
  }
  return used;
}

void OutputQueue::consume(std::uint64_t size) {
  INVARIANT(size <= size_);
  size_ -= size;
  consumed_ += size;
  while (size > 0) {
    const std::uint64_t piece = std::min(size, head_->size);
    head_->size -= piece;
    if (head_->file != nullptr) {
      head_->file_offset += piece;
    } else {
      head_->data += piece;
    }
    size -= piece;
    if (head_->size == 0) drop_front();
  }
}

void OutputQueue::clear() {
  while (head_ != nullptr) drop_front();
  size_ = 0;
}

void OutputQueue::push(Segment* segment) {
  if (tail_ == nullptr) {
    head_ = segment;
  } else {
    tail_->next = segment;
  }
  tail_ = segment;
}

void OutputQueue::drop_front() {
  Segment* segment = head_;
  head_ = segment->next;
  if (head_ == nullptr) tail_ = nullptr;
  if (segment->file != nullptr) --file_segments_;
  pool_->give_back(segment);
}

}  // namespace core
