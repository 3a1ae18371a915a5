#include "tests/fuzz/session_driver.h"

#include <algorithm>
#include <cstddef>

#include "core/base/invariant.h"
#include "tests/server/http/drained_output.h"
#include "tests/server/http/small_limits.h"

namespace fuzz {

server::HttpLimits small_limits() {
  server::HttpLimits limits = http_test::small_limits();
  // A power of two: what one byte buys is a whole number of nanoseconds, so that deadlines do not
  // depend on the cutting either.
  limits.body_bytes_per_second = 8;
  return limits;
}

SessionDriver::SessionDriver(const server::HttpLimits& limits, server::Handler& handler)
    : context_{limits, handler, {}, {}},
      queue_(blocks_),
      session_(std::make_unique<server::Http1Session>(context_, *this, now_)) {}

void SessionDriver::send(std::string_view bytes) {
  if (!input_ended_) input_ += bytes;
  pump();
}

void SessionDriver::pump() {
  if (lost()) return;
  feed();
  if (session_->finished()) input_.clear();  // what still comes is read away
  if (input_ended_ && !input_end_told_ && input_.empty()) {
    input_end_told_ = true;
    session_->on_input_end();
    feed();
  }
  // Session::deadline(): a client is not hurried by our own waiting.
  if (!session_->wants_input() && session_->deadline() != core::kNever) {
    problem_ = "the clock of a client runs that may not send";
  }
}

void SessionDriver::feed() {
  for (;;) {
    produce();
    if (!problem_.empty()) return;
    if (!input_.empty() && session_->wants_input()) {
      give_piece();
    } else if (!on_stuck()) {
      return;
    }
  }
}

void SessionDriver::give_piece() {
  const std::size_t size = std::clamp<std::size_t>(next_cut(input_.size()), 1, input_.size());
  // A buffer of exactly this size, so that a sanitizer sees the first byte too many.
  const auto* begin = reinterpret_cast<const std::byte*>(input_.data());
  const std::vector<std::byte> piece(begin, begin + size);
  const std::size_t taken = session_->receive(piece, now_);
  if (taken > size) problem_ = "receive() took more than there was";
  // It may take nothing, but not while it asks for more: the pump would try for ever.
  if (taken == 0) problem_ = "receive() took nothing";
  taken_ += taken;
  input_.erase(0, taken);
  on_taken(taken_);
}

void SessionDriver::end_input() {
  input_ended_ = true;
  pump();
}

void SessionDriver::pass(core::Duration time) {
  now_ += time;
  if (lost()) return;
  if (session_->deadline() <= now_) session_->on_deadline();
  pump();
}

void SessionDriver::pass_until_deadline() {
  INVARIANT(session_->deadline() != core::kNever);
  pass(std::max(session_->deadline() - now_, core::Duration::zero()));
}

void SessionDriver::drain() {
  if (!lost()) session_->drain();
  pump();
}

void SessionDriver::lose() {
  if (lost()) return;
  session_.reset();
  queue_.clear();
  input_.clear();
}

void SessionDriver::produce() {
  session_->produce(queue_, now_);
  if (socket_is_full || queue_.empty()) return;
  sent_ += http_test::drain(queue_);
  session_->produce(queue_, now_);  // the answer may have ended with a file
  sent_ += http_test::drain(queue_);
}

void SessionDriver::on_exchange_end(const server::Exchange& exchange, bool aborted) {
  ended_.push_back({exchange.request.method == server::Method::kHead,
                    std::string(exchange.request.target_text), exchange.response.status, aborted});
}

}  // namespace fuzz
