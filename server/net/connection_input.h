// ConnectionInput: what has arrived on a connection and nobody has taken yet, in order. Pieces are
// the loop's receive buffers for as long as the turn lasts; stash() copies what is left of them,
// because the buffers go back before it ends. Loop thread only. Owned by its connection.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/io/buffer_pool.h"

namespace server {

class ConnectionInput {
 public:
  // Beyond that buffers are copied before the turn ends.
  static constexpr std::size_t kHeldBuffersMax = 4;

  void add(core::ReceivedBuffer buffer);

  // What is left of the oldest piece; empty: nothing is here.
  [[nodiscard]] std::span<const std::byte> next();
  // The first bytes of what next() gave.
  void take(std::size_t size) { offset_ += size; }

  // Before everything else that is here.
  void put_back(std::string_view bytes);

  // Whatever is here next turn has been copied.
  void stash();
  void clear();

  // Copied so far and not taken.
  [[nodiscard]] std::size_t backlog_bytes() const {
    return backlog_.empty() ? 0 : backlog_.size() - offset_;
  }

 private:
  std::string backlog_;  // older than the buffers
  std::array<core::ReceivedBuffer, kHeldBuffersMax> held_;
  std::size_t held_first_ = 0;
  std::size_t held_count_ = 0;
  std::size_t offset_ = 0;  // into the oldest piece: bytes taken
};

}  // namespace server
