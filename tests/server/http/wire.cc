#include "tests/server/http/wire.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "core/base/invariant.h"

namespace http_test {

server::HttpLimits small_limits() {
  using std::chrono::seconds;
  server::HttpLimits limits;
  limits.header_timeout = seconds(10);
  limits.body_timeout = seconds(20);
  limits.keepalive_timeout = seconds(75);
  limits.header_bytes_max = 1024;
  limits.header_fields_max = 12;
  limits.body_bytes_max = 64;
  return limits;
}

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
  drain_queue();
  session_->produce(queue_, now);  // the answer may have ended with a file
}

void Wire::drain_queue() {
  while (!queue_.empty()) {
    if (const core::Segment* file = queue_.front_file()) {
      std::string bytes(file->size, '\0');
      const ssize_t size = ::pread(file->file->fd.get(), bytes.data(), bytes.size(),
                                   static_cast<off_t>(file->file_offset));
      INVARIANT(size == static_cast<ssize_t>(bytes.size()));
      sent_ += bytes;
      queue_.consume(bytes.size());
      continue;
    }
    std::array<iovec, 8> vectors{};
    const std::size_t count = queue_.gather(vectors);
    std::size_t size = 0;
    for (const iovec& vector : std::span(vectors).first(count)) {
      sent_.append(static_cast<const char*>(vector.iov_base), vector.iov_len);
      size += vector.iov_len;
    }
    queue_.consume(size);
  }
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
