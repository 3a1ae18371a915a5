// LogRing: records on their way from one loop to the log's writer thread. One producer (the loop),
// one consumer (the writer), no lock; a record that does not fit is dropped and counted, because a
// reader that is too slow must never hold up a loop.
//
// Layout: records follow each other, each a 4-byte length and its bytes, padded to 8; a length of
// kWrap sends the reader back to the start. Positions count up for ever and are masked when used.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace core {

class LogRing {
 public:
  static constexpr std::size_t kDefaultBytes = std::size_t{1} << 20;

  // `bytes` is a power of two.
  explicit LogRing(std::size_t bytes = kDefaultBytes);

  // --- The producer.

  // Room for a record of `size` bytes, or an empty span when the ring is full (counted). commit()
  // publishes it; without commit() nothing happened.
  [[nodiscard]] std::span<char> try_reserve(std::size_t size);
  void commit();

  // --- The consumer.

  // The oldest record, or an empty span; it stays valid until release().
  [[nodiscard]] std::span<const char> front();
  void release();

  // --- Any thread.
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] char* at(std::uint64_t position) const {
    return memory_.get() + (position & mask_);
  }
  [[nodiscard]] std::uint64_t room_until_end(std::uint64_t position) const {
    return mask_ + 1 - (position & mask_);
  }

  const std::uint64_t mask_;
  const std::unique_ptr<char[]> memory_;

  // The producer.
  std::uint64_t reserved_at_ = 0;
  std::uint64_t reserved_end_ = 0;
  alignas(64) std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};

  // The consumer.
  std::uint64_t front_end_ = 0;
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace core
