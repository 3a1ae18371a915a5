// SendWatch: whether a peer takes anything of what it is sent. A slow reader that advances lives;
// one that took nothing for the whole of the limit is stalled. Halfway it is asked how much the
// socket still holds (SIOCOUTQ), at the end whether that has become less. Loop thread only; owned
// by its connection.
#pragma once

#include <cstdint>
#include <utility>

#include "core/base/clock.h"

namespace server {

class SendWatch {
 public:
  // Nothing is being sent, or some of it has just gone: the peer has all of its time again.
  void reset() {
    deadline_ = core::kNever;
    unsent_bytes_ = -1;
  }
  // Something is being sent.
  void watch(core::TimePoint now, core::Duration limit) {
    if (deadline_ == core::kNever) deadline_ = now + limit / 2;
  }
  [[nodiscard]] core::TimePoint deadline() const { return deadline_; }

  // The deadline has passed: the socket is to be asked as soon as it can be, once.
  void expire() { deadline_ = core::kNever; }
  void ask() { asks_ = true; }
  [[nodiscard]] bool take_question() { return std::exchange(asks_, false); }
  // What the socket said; true: the peer is stalled.
  [[nodiscard]] bool answer(std::int32_t unsent_bytes) {
    if (unsent_bytes < 0 || (unsent_bytes_ >= 0 && unsent_bytes >= unsent_bytes_)) return true;
    unsent_bytes_ = unsent_bytes;
    deadline_ = core::kNever;
    return false;
  }

 private:
  core::TimePoint deadline_ = core::kNever;
  std::int32_t unsent_bytes_ = -1;  // when last asked; -1: not since the last progress
  bool asks_ = false;
};

}  // namespace server
