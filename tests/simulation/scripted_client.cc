#include "tests/simulation/scripted_client.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"

namespace simulation {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool holds_line(std::string_view head, std::string_view line) {
  return head.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

std::uint64_t number_at(std::string_view text) {
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  INVARIANT(result.ec == std::errc{});
  return number;
}

}  // namespace

ScriptedClient::ScriptedClient(std::unique_ptr<ClientWire> wire, Plan plan, Random& random)
    : wire_(std::move(wire)),
      plan_(std::move(plan)),
      random_(random),
      pipelines_(random.chance(0.5)),
      stays_(random.chance(0.5)),
      half_closes_(random.chance(0.5)) {
  for (const PlannedExchange& planned : plan_) {
    if (random.chance(0.05)) to_send_ += "\r\n";  // RFC 9112 2.2
    to_send_ += planned.request;
    ends_.push_back(to_send_.size());
  }
}

void ScriptedClient::step(bool orderly) {
  if (done_) return;
  if (!orderly) {
    mute_ = mute_ || random_.chance(0.002);
    deaf_ = deaf_ || random_.chance(0.002);
  }
  if (!mute_ && random_.chance(0.5)) send(random_.chance(0.2) ? random_.between(1, 5) : 5000);
  if (!deaf_ && random_.chance(0.5)) read(random_.chance(0.2) ? random_.between(1, 500) : 50'000);
  if (orderly || !random_.chance(0.005)) return;
  Socket& socket = wire_->socket();
  socket.disturbed = true;
  if (random_.chance(0.5)) {
    socket.client_ended = true;
  } else {
    socket.reset = true;
    socket.queue.clear();
    done_ = true;
  }
}

void ScriptedClient::hurry() {
  if (done_) return;
  send(100'000);
  wire_->flush_all();
  read(1'000'000);
}

void ScriptedClient::send(std::size_t size_max) {
  if (wire_->ready() && !wire_->has_ended() && !wire_->socket().reset) send_plan(size_max);
  wire_->flush(size_max);
}

void ScriptedClient::send_plan(std::size_t size_max) {
  // Who does not pipeline waits for the answer before the next request.
  const std::size_t end =
      pipelines_ || answered_ >= ends_.size() ? to_send_.size() : ends_[answered_];
  const std::size_t size = std::min(size_max, end - std::min(sent_, end));
  wire_->send(std::string_view(to_send_).substr(sent_, size));
  sent_ += size;
  // RFC 9112 9.6: who has no more to say may end his side and still read all answers.
  if (sent_ == to_send_.size() && !stays_ && (complete() || half_closes_)) {
    wire_->end();
  }
}

void ScriptedClient::read(std::size_t size_max) {
  received_ += wire_->read(size_max);
  check();
  if (wire_->socket().server_ended && wire_->socket().queue.empty()) on_end();
}

void ScriptedClient::check() {
  while (in_content_ ? check_content() : check_head()) {
  }
}

bool ScriptedClient::check_head() {
  const std::size_t end = received_.find(kEndOfHead);
  if (end == std::string::npos) return false;
  INVARIANT(!last_seen_);               // nothing comes behind "Connection: close"
  INVARIANT(answered_ < plan_.size());  // an answer to nothing
  const std::string_view head = std::string_view(received_).substr(0, end + 2);
  INVARIANT(head.starts_with("HTTP/1.1 "));
  head_ = {};
  head_.status = static_cast<int>(number_at(head.substr(9)));
  const PlannedExchange& planned = plan_[answered_];
  if (head_.status == 100) {
    INVARIANT(planned.asks_to_go_on && head == "HTTP/1.1 100 Continue\r\n");
    received_.erase(0, end + kEndOfHead.size());
    return true;
  }
  INVARIANT(head.find("\r\nDate: ") != std::string_view::npos);
  head_.closes = holds_line(head, "Connection: close");
  const std::size_t length = head.find("\r\nContent-Length: ");
  head_.has_length = length != std::string_view::npos;
  if (head_.has_length) head_.length = number_at(head.substr(length + 18));
  check_status(planned, head_);
  last_seen_ = head_.closes;
  content_checked_ = 0;
  in_content_ = true;
  received_.erase(0, end + kEndOfHead.size());
  return true;
}

void ScriptedClient::check_status(const PlannedExchange& planned, const Head& head) const {
  INVARIANT(head.has_length);
  if (head.status == 408) {
    INVARIANT(head.closes && wire_->socket().disturbed);
    return;
  }
  INVARIANT(head.status == planned.status);
  if (planned.content == PlannedExchange::Content::kLiteral) {
    INVARIANT(head.length == planned.literal.size());
  } else if (planned.content != PlannedExchange::Content::kAny) {
    INVARIANT(head.length == planned.size);
  }
  INVARIANT(head.closes || !planned.last || planned.truncated);
  const bool we_ended = wire_->has_ended() && answered_ + 1 == plan_.size();
  INVARIANT(planned.last || we_ended || !head.closes || wire_->socket().disturbed);
}

bool ScriptedClient::check_content() {
  const PlannedExchange& planned = plan_[answered_];
  const std::uint64_t length = planned.no_content ? 0 : head_.length;
  const std::size_t size = std::min<std::uint64_t>(received_.size(), length - content_checked_);
  for (std::size_t i = 0; i < size && head_.status == planned.status; ++i) {
    const std::uint64_t at = content_checked_ + i;
    switch (planned.content) {
      case PlannedExchange::Content::kText:
        INVARIANT(received_[i] == text_byte(planned.seed, at));
        break;
      case PlannedExchange::Content::kFile:
        INVARIANT(received_[i] == file_byte(planned.offset + at));
        break;
      case PlannedExchange::Content::kLiteral:
        INVARIANT(received_[i] == planned.literal[at]);
        break;
      case PlannedExchange::Content::kAny:
        break;
    }
  }
  received_.erase(0, size);
  content_checked_ += size;
  if (content_checked_ < length) return false;
  INVARIANT(!planned.truncated || head_.status != planned.status);  // there was not that much
  ++answered_;
  in_content_ = false;
  return true;
}

void ScriptedClient::on_end() {
  done_ = true;
  const Socket& socket = wire_->socket();
  if (socket.disturbed) return;
  if (socket.handshake.refused) {
    INVARIANT(!wire_->ready());
    return;
  }
  if (socket.reset) {
    // Closed over bytes that nobody has read: only where nothing more was to be said.
    INVARIANT(complete() || plan_[answered_].truncated);
    INVARIANT(!complete() || !wire_->speaks_tls());  // it would take the close_notify along
    return;
  }
  INVARIANT(received_.empty());
  if (answered_ < plan_.size() && plan_[answered_].truncated) {
    INVARIANT(in_content_ && content_checked_ <= kFileBytes - plan_[answered_].offset);
    ++answered_;
    in_content_ = false;
  }
  INVARIANT(complete());
  // RFC 8446 6.1: an answer that was cut off must not look like one that is whole.
  INVARIANT(!wire_->speaks_tls() || wire_->notified() != plan_[answered_ - 1].truncated);
}

}  // namespace simulation
