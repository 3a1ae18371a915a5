// Counter: how often something has happened. One thread at a time counts, so that no
// read-modify-write is paid; any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace core {

class Counter {
 public:
  // One thread at a time.
  void add(std::uint64_t amount = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  // Any thread.
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace core
