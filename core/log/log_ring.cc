#include "core/log/log_ring.h"

#include <bit>
#include <cstring>

#include "core/base/invariant.h"

namespace core {
namespace {

constexpr std::uint32_t kWrap = 0xffff'ffff;
constexpr std::size_t kHeaderBytes = sizeof(std::uint32_t);
constexpr std::size_t kAlignment = 8;

std::uint64_t footprint(std::size_t size) {
  return (size + kHeaderBytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

LogRing::LogRing(std::size_t bytes) : mask_(bytes - 1), memory_(new char[bytes]) {
  INVARIANT(std::has_single_bit(bytes) && bytes >= 64);
}

std::span<char> LogRing::try_reserve(std::size_t size) {
  std::uint64_t begin = written_.load(std::memory_order_relaxed);
  const std::uint64_t needed = footprint(size);
  const std::uint64_t skipped = room_until_end(begin) < needed ? room_until_end(begin) : 0;
  const std::uint64_t in_use = begin - read_.load(std::memory_order_acquire);
  if (size >= kWrap || in_use + skipped + needed > mask_ + 1) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return {};
  }
  if (skipped > 0) {
    // Always room for the mark: positions are multiples of 8.
    std::memcpy(at(begin), &kWrap, sizeof kWrap);
    begin += skipped;
  }
  const auto length = static_cast<std::uint32_t>(size);
  std::memcpy(at(begin), &length, sizeof length);
  reserved_at_ = begin;
  reserved_end_ = begin + needed;
  return {at(begin) + kHeaderBytes, size};
}

void LogRing::commit() {
  INVARIANT(reserved_end_ > written_.load(std::memory_order_relaxed));
  // Sequentially consistent, as is empty(): the producer then looks whether the writer sleeps, the
  // writer says that it will sleep and then looks here.
  written_.store(reserved_end_, std::memory_order_seq_cst);
}

std::span<const char> LogRing::front() {
  const std::uint64_t written = written_.load(std::memory_order_acquire);
  std::uint64_t begin = read_.load(std::memory_order_relaxed);
  if (begin == written) return {};
  std::uint32_t length = 0;
  std::memcpy(&length, at(begin), sizeof length);
  if (length == kWrap) {
    begin += room_until_end(begin);
    std::memcpy(&length, at(begin), sizeof length);
  }
  front_end_ = begin + footprint(length);
  return {at(begin) + kHeaderBytes, length};
}

void LogRing::release() { read_.store(front_end_, std::memory_order_release); }

bool LogRing::empty() const {
  return written_.load(std::memory_order_seq_cst) == read_.load(std::memory_order_seq_cst);
}

}  // namespace core
