// OutputQueue: what one connection has still to send, in order: bytes copied into blocks (small
// answers of a turn run together and leave in one send), bytes shared with a cache, and ranges of
// open files. Sessions append, the pump gathers and consumes. Loop thread only. Appending while a
// send is in flight is allowed: bytes never move once queued.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/io/block_pool.h"

namespace core {

class OutputQueue {
 public:
  explicit OutputQueue(BlockPool& pool) : pool_(&pool) {}
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;
  ~OutputQueue() { clear(); }

  // At or above this many bytes sharing costs less than copying.
  static constexpr std::size_t kShareBytesMin = 4096;
  static_assert(kShareBytesMin <= BlockPool::kBlockBytes);

  // --- The session's side.

  // Room for `size` bytes in one piece; the bytes count once commit() says how many were written.
  // 0 < size <= BlockPool::kBlockBytes.
  [[nodiscard]] std::span<char> reserve(std::size_t size);
  void commit(std::size_t size);

  void append(std::string_view bytes);
  // `owner` keeps `bytes` alive and unchanged; small pieces are copied all the same.
  void append_shared(std::string_view bytes, std::shared_ptr<const void> owner);
  // length > 0.
  void append_file(std::shared_ptr<const OpenFile> file, std::uint64_t offset,
                   std::uint64_t length);

  // --- The pump's side.

  [[nodiscard]] bool empty() const { return size_ == 0; }
  // Bytes left to send, those of files included.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Bytes that came out at the head since the queue was made.
  [[nodiscard]] std::uint64_t consumed() const { return consumed_; }

  // Non-null when the next bytes to send are those of a file.
  [[nodiscard]] const Segment* front_file() const;
  // A file range follows somewhere behind the bytes that gather() gives.
  [[nodiscard]] bool holds_file() const { return file_segments_ > 0; }

  // Fills `vectors` with the bytes at the head up to the first file range; returns how many were
  // used.
  std::size_t gather(std::span<iovec> vectors) const;

  // The first `size` bytes are sent.
  void consume(std::uint64_t size);
  void clear();

 private:
  void push(Segment* segment);
  void drop_front();

  BlockPool* pool_;
  Segment* head_ = nullptr;
  Segment* tail_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t consumed_ = 0;
  std::size_t file_segments_ = 0;
};

}  // namespace core
