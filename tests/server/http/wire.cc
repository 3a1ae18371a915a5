#include "tests/server/http/wire.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/invariant.h"
#include "tests/server/http/drained_output.h"

namespace http_test {

void echo(server::Exchange& exchange) {
  exchange.response.status = 200;
  exchange.response.body = server::TextBody{std::string(exchange.request.method_text) + " " +
                                            std::string(exchange.request.target_text)};
  exchange.respond();
}

void RecordingDispatcher::start(server::Exchange& exchange) {
  const server::Request& request = exchange.request;
  seen.push_back({std::string(request.method_text), std::string(request.target_text),
                  std::string(request.path), std::string(request.host), request.fields.count()});
  if (!deferred) {
    respond(exchange);
    return;
  }
  INVARIANT(waiting == nullptr);
  waiting = &exchange;
}

void RecordingDispatcher::answer_waiting() {
  INVARIANT(waiting != nullptr);
  respond(*std::exchange(waiting, nullptr));
}

Wire::Wire(server::HttpLimits limits)
    : context_{limits, dispatcher, {}, {}},
      queue_(blocks_),
      session_(std::make_unique<server::Http1Session>(context_, *this, now)) {}

Wire::~Wire() { session_.reset(); }

void Wire::send(std::string_view bytes) {
  input_ += bytes;
  pump();
}

void Wire::end_input() {
  pump();
  session_->on_input_end();
  produce();
}

void Wire::pump() {
  for (;;) {
    produce();
    if (input_.empty() || !session_->wants_input()) return;
    const std::size_t size = std::clamp<std::size_t>(next_cut(input_.size()), 1, input_.size());
    // A buffer of exactly this size, so that a sanitizer sees the first byte too many.
    const std::vector<std::byte> piece(
        std::as_bytes(std::span(input_)).begin(),
        std::as_bytes(std::span(input_)).begin() + static_cast<std::ptrdiff_t>(size));
    const std::size_t taken = session_->receive(piece, now);
    INVARIANT(taken <= size);
    input_.erase(0, taken);
  }
}

void Wire::wait_for(core::Duration time) {
  now += time;
  if (session_->deadline() <= now) session_->on_deadline();
  pump();
}

void Wire::produce() {
  session_->produce(queue_, now);
  if (socket_is_full || queue_.empty()) return;
  sent_ += drain(queue_);
  session_->produce(queue_, now);  // the answer may have ended with a file
}

void Wire::on_exchange_end(const server::Exchange& exchange, bool aborted) {
  ended.push_back({std::string(exchange.request.target_text), exchange.response.status, aborted});
}

std::string targets_of(const std::vector<SeenRequest>& seen) {
  std::string targets;
  for (const SeenRequest& request : seen) {
    if (!targets.empty()) targets += ' ';
    targets += request.target;
  }
  return targets;
}

}  // namespace http_test
