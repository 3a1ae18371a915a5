// StageTimes: how long an exchange was in each of its stages, from clocks read at that moment; for
// the access log and Server-Timing (W3C Server Timing 4). A value; read on the loop.
#pragma once

#include <string>

#include "core/base/clock.h"

namespace server {

class StageTimes {
 public:
  // Somebody wants to know: else no clock is read.
  bool wanted = false;

  // --- In this order; what does not happen is left out.
  // Its handler begins. Called again for a request whose content has come, which is when it counts.
  void on_start() {
    if (wanted) started_ = core::Clock::now();
  }
  // Its handler has returned and answers later: it waits for lanes.
  void on_wait() {
    if (wanted) waits_since_ = core::Clock::now();
  }
  void on_answer() {
    if (wanted) answered_ = core::Clock::now();
  }

  // Known once it is answered by a handler.
  [[nodiscard]] bool known() const {
    return started_ != core::TimePoint{} && answered_ >= started_;
  }
  // Until its handler began, since `began`: others of its loop, and its content.
  [[nodiscard]] core::Duration queue(core::TimePoint began) const { return started_ - began; }
  // What it waited for lanes: their queues, their work, and the way back.
  [[nodiscard]] core::Duration lane() const {
    return waits_since_ == core::TimePoint{} ? core::Duration::zero() : answered_ - waits_since_;
  }
  // What its handler did on the loop.
  [[nodiscard]] core::Duration work() const { return answered_ - started_ - lane(); }
  // Since its answer was there.
  [[nodiscard]] core::Duration send(core::TimePoint ended) const { return ended - answered_; }

 private:
  core::TimePoint started_;
  core::TimePoint waits_since_;
  core::TimePoint answered_;
};

// "Server-Timing: queue;dur=0.031, lane;dur=1.204, work;dur=0.052\r\n", in milliseconds; empty when
// nothing is known. Sending is not over when it is said.
[[nodiscard]] std::string server_timing_field(const StageTimes& stages, core::TimePoint began);

}  // namespace server
