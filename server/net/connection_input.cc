#include "server/net/connection_input.h"

#include <utility>

namespace server {

void ConnectionInput::add(core::ReceivedBuffer buffer) {
  if (held_count_ == kHeldBuffersMax) stash();
  held_[held_count_++] = std::move(buffer);
}

std::span<const std::byte> ConnectionInput::next() {
  if (!backlog_.empty()) {
    if (offset_ < backlog_.size()) return std::as_bytes(std::span(backlog_)).subspan(offset_);
    backlog_.clear();
    offset_ = 0;
  }
  while (held_first_ < held_count_) {
    const std::span<const std::byte> bytes = held_[held_first_].bytes();
    if (offset_ < bytes.size()) return bytes.subspan(offset_);
    held_[held_first_++].reset();
    offset_ = 0;
  }
  held_first_ = held_count_ = 0;
  return {};
}

void ConnectionInput::put_back(std::string_view bytes) {
  stash();
  backlog_.insert(offset_, bytes);
}

void ConnectionInput::stash() {
  // What is left moves once it is less than half: moving it in each turn of a client that has sent
  // megabytes ahead would cost more than what is taken of them.
  if (!backlog_.empty() && offset_ * 2 >= backlog_.size()) {
    backlog_.erase(0, std::exchange(offset_, 0));
  }
  for (; held_first_ < held_count_; ++held_first_) {
    const std::size_t taken = backlog_.empty() ? std::exchange(offset_, 0) : 0;
    const std::span<const std::byte> bytes = held_[held_first_].bytes().subspan(taken);
    backlog_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    held_[held_first_].reset();
  }
  held_first_ = held_count_ = 0;
}

void ConnectionInput::clear() {
  for (core::ReceivedBuffer& buffer : held_) buffer.reset();
  held_first_ = held_count_ = offset_ = 0;
  backlog_.clear();
}

}  // namespace server
