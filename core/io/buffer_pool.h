// BufferPool: the receive buffers of one loop, a fixed number of equal size. The back end takes one
// only when bytes are there, so an idle connection owns none; whoever received it gives it back by
// dropping the ReceivedBuffer, within the same turn. Loop thread only. Running out is no error:
// receives wait until buffers are back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/base/invariant.h"

namespace core {

class BufferPool {
 public:
  static constexpr std::size_t kBufferBytes = 4096;   // unless something else is asked for
  static constexpr std::uint16_t kBufferCount = 512;  // a power of two: io_uring's ring wants that

  // A multiple of the page size.
  explicit BufferPool(std::size_t buffer_bytes = kBufferBytes);

  [[nodiscard]] std::size_t buffer_bytes() const { return buffer_bytes_; }
  // The first so many have their pages from now on. Where one is missing, the kernel's copy waits
  // for whoever changes the process's memory map, another loop or a worker. A hint, as are all of
  // madvise(2).
  void populate(std::uint16_t count);
  // nullopt when all are out.
  [[nodiscard]] std::optional<std::uint16_t> try_take();
  void give_back(std::uint16_t id);

  [[nodiscard]] std::byte* data(std::uint16_t id) {
    INVARIANT(id < kBufferCount);
    return memory_.get() + std::size_t{id} * buffer_bytes_;
  }
  [[nodiscard]] std::size_t free_count() const { return free_.size(); }

 private:
  struct AlignedFree {
    void operator()(std::byte* memory) const;
  };

  const std::size_t buffer_bytes_;
  std::unique_ptr<std::byte, AlignedFree> memory_;
  std::vector<std::uint16_t> free_;
};

// One buffer with the bytes that arrived in it. Move-only; gives itself back.
class ReceivedBuffer {
 public:
  ReceivedBuffer() = default;
  ReceivedBuffer(BufferPool& pool, std::uint16_t id, std::size_t size)
      : pool_(&pool), size_(static_cast<std::uint32_t>(size)), id_(id) {
    INVARIANT(size <= pool.buffer_bytes());
  }
  ReceivedBuffer(ReceivedBuffer&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)), size_(other.size_), id_(other.id_) {}
  ReceivedBuffer& operator=(ReceivedBuffer&& other) noexcept {
    if (this != &other) {
      reset();
      pool_ = std::exchange(other.pool_, nullptr);
      size_ = other.size_;
      id_ = other.id_;
    }
    return *this;
  }
  ReceivedBuffer(const ReceivedBuffer&) = delete;
  ReceivedBuffer& operator=(const ReceivedBuffer&) = delete;
  ~ReceivedBuffer() { reset(); }

  [[nodiscard]] bool valid() const { return pool_ != nullptr; }
  [[nodiscard]] std::span<const std::byte> bytes() const {
    return pool_ == nullptr ? std::span<const std::byte>() : std::span(pool_->data(id_), size_);
  }

  void reset() {
    if (BufferPool* pool = std::exchange(pool_, nullptr)) pool->give_back(id_);
  }

 private:
  BufferPool* pool_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint16_t id_ = 0;
};

}  // namespace core
