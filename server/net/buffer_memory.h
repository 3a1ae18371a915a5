// BufferMemory: what the connections of a loop hold in buffers, against one limit: answers in
// blocks that their clients do not take, input that is not taken yet, heads that are not complete.
// At the limit a connection that holds something gets no more until it has less; one that holds
// nothing is still served. So the loop holds the limit, and at most one answer and one buffer of
// input for each connection on top. Loop thread only.
#pragma once

#include <cstddef>

#include "core/base/invariant.h"
#include "core/io/block_pool.h"

namespace server {

class BufferMemory {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{64} << 20U;

  explicit BufferMemory(const core::BlockPool& blocks, std::size_t bytes_max = kBytesMax)
      : blocks_(blocks), bytes_max_(bytes_max) {}

  [[nodiscard]] bool exhausted() const { return bytes() >= bytes_max_; }
  [[nodiscard]] std::size_t bytes() const { return input_bytes_ + blocks_.block_bytes(); }

  // A connection's input buffers have changed in size.
  void change_input(std::size_t before, std::size_t after) {
    INVARIANT(input_bytes_ >= before);
    input_bytes_ = input_bytes_ - before + after;
  }

 private:
  const core::BlockPool& blocks_;
  const std::size_t bytes_max_;
  std::size_t input_bytes_ = 0;
};

}  // namespace server
