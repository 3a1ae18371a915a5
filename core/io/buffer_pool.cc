#include "core/io/buffer_pool.h"

#include <sys/mman.h>

#include <cstdlib>

namespace core {
namespace {

constexpr std::size_t kPageBytes = 4096;

}  // namespace

BufferPool::BufferPool(std::size_t buffer_bytes)
    : buffer_bytes_(buffer_bytes),
      memory_(static_cast<std::byte*>(
          std::aligned_alloc(kPageBytes, std::size_t{kBufferCount} * buffer_bytes))) {
  INVARIANT(memory_ != nullptr && buffer_bytes % kPageBytes == 0);
  free_.reserve(kBufferCount);
  for (std::uint16_t id = kBufferCount; id > 0; --id) {
    free_.push_back(static_cast<std::uint16_t>(id - 1));
  }
}

void BufferPool::populate(std::uint16_t count) {
  INVARIANT(count <= kBufferCount);
  static_cast<void>(::madvise(memory_.get(), count * buffer_bytes_, MADV_POPULATE_WRITE));
}

std::optional<std::uint16_t> BufferPool::try_take() {
  if (free_.empty()) return std::nullopt;
  // Last in, first out: the buffer taken next is the one that is still in the cache.
  const std::uint16_t id = free_.back();
  free_.pop_back();
  return id;
}

void BufferPool::give_back(std::uint16_t id) {
  INVARIANT(id < kBufferCount && free_.size() < kBufferCount);
  free_.push_back(id);
}

void BufferPool::AlignedFree::operator()(std::byte* memory) const { std::free(memory); }

}  // namespace core
