#include "tests/simulation/scripted_client.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/invariant.h"

namespace simulation {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool holds_line(std::string_view head, std::string_view line) {
  return head.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

// Of a field that is there once; nothing when it is not there.
std::optional<std::string_view> value_in(std::string_view head, std::string_view name) {
  const std::string begin = "\r\n" + std::string(name) + ": ";
  const std::size_t found = head.find(begin);
  if (found == std::string_view::npos) return std::nullopt;
  head.remove_prefix(found + begin.size());
  INVARIANT(head.find(begin) == std::string_view::npos);
  return head.substr(0, head.find("\r\n"));
}

std::uint64_t number_at(std::string_view text) {
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  INVARIANT(result.ec == std::errc{});
  return number;
}

bool is_old(const PlannedExchange& planned) {
  return planned.request.find(" HTTP/1.0\r\n") != std::string::npos;
}

}  // namespace

ScriptedClient::ScriptedClient(std::unique_ptr<ClientWire> wire, Plan plan, const UsersFiles& files,
                               Random& random)
    : wire_(std::move(wire)),
      plan_(std::move(plan)),
      files_(files),
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
  if (!orderly && random_.chance(0.005)) leave();
}

void ScriptedClient::leave() {
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
  const std::size_t end = may_send_to();
  const std::size_t size = std::min(size_max, end - std::min(sent_, end));
  wire_->send(std::string_view(to_send_).substr(sent_, size));
  sent_ += size;
  while (versions_.size() < plan_.size() &&
         ends_[versions_.size()] - plan_[versions_.size()].request.size() < sent_) {
    versions_.push_back(files_.version());
  }
  // RFC 9112 9.6: who has no more to say may end his side and still read all answers. Content that
  // nobody has asked for need not be said.
  const bool has_said_all =
      sent_ == to_send_.size() || (complete() && plan_.back().held_from > 0 && !went_on_);
  if (has_said_all && !stays_ && (complete() || half_closes_)) wire_->end();
}

// Who does not pipeline waits for the answer before the next request. Who asks whether content is
// wanted waits for it to be asked for.
std::size_t ScriptedClient::may_send_to() const {
  const std::size_t end =
      pipelines_ || answered_ >= ends_.size() ? to_send_.size() : ends_[answered_];
  const auto sending =
      static_cast<std::size_t>(std::ranges::upper_bound(ends_, sent_) - ends_.begin());
  if (sending >= plan_.size() || plan_[sending].held_from == 0) return end;
  if (sending == answered_ && went_on_) return end;
  return std::min(end, ends_[sending] - plan_[sending].request.size() + plan_[sending].held_from);
}

bool ScriptedClient::awaits_verdict() const {
  if (complete() || in_content_ || sent_ < ends_[answered_]) return false;
  const auto& guard = plan_[answered_].guard;
  return guard && guard->says().kind == Claim::Kind::kCredentials;
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
  INVARIANT(!last_seen_);                   // nothing comes behind "Connection: close"
  INVARIANT(answered_ < versions_.size());  // an answer to nothing
  const std::string_view head = std::string_view(received_).substr(0, end + 2);
  INVARIANT(head.starts_with("HTTP/1.1 "));
  head_ = {};
  head_.status = static_cast<int>(number_at(head.substr(9)));
  const PlannedExchange& planned = plan_[answered_];
  if (head_.status == 100) {
    INVARIANT(planned.asks_to_go_on && head == "HTTP/1.1 100 Continue\r\n");
    INVARIANT(!std::exchange(went_on_, true));
    // Nobody else's content is wanted.
    INVARIANT(!planned.guard || files_.has_allowed(*planned.guard, versions_[answered_]));
    received_.erase(0, end + kEndOfHead.size());
    return true;
  }
  INVARIANT(head.find("\r\nDate: ") != std::string_view::npos);
  head_.closes = holds_line(head, "Connection: close");
  const auto length = value_in(head, "Content-Length");
  head_.has_length = length.has_value();
  head_.has_chunks = holds_line(head, "Transfer-Encoding: chunked");
  head_.length = length ? number_at(*length) : planned.size;
  head_.challenge = value_in(head, "WWW-Authenticate").value_or("");
  head_.retry_after = number_at(value_in(head, "Retry-After").value_or("0"));
  check_status(planned);
  last_seen_ = head_.closes;
  content_checked_ = 0;
  in_content_ = true;
  received_.erase(0, end + kEndOfHead.size());
  return true;
}

void ScriptedClient::check_status(const PlannedExchange& planned) {
  const Head& head = head_;
  const bool streamed = planned.streamed && head.status == planned.status;
  INVARIANT(head.has_length != streamed);
  // RFC 9112 6.3: the end is shown by the last chunk, or by the connection's.
  INVARIANT(head.has_chunks == (streamed && !is_old(planned)));
  if (head.status == 408) {
    INVARIANT(head.closes && wire_->socket().disturbed);
    return;
  }
  if (planned.guard) {
    check_verdict(planned);
  } else {
    INVARIANT(head.status == planned.status && head.challenge.empty() && head.retry_after == 0);
  }
  if (head.status == planned.status) check_length(planned);
  const bool may_go_on = planned.truncated || planned.may_be_unread || planned.streamed;
  INVARIANT(head.closes || !planned.last || (may_go_on && !(streamed && is_old(planned))));
  const bool we_ended = wire_->has_ended() && answered_ + 1 == plan_.size();
  INVARIANT(planned.last || we_ended || !head.closes || wire_->socket().disturbed);
}

void ScriptedClient::check_length(const PlannedExchange& planned) {
  if (planned.content == PlannedExchange::Content::kLiteral) {
    literal_ = planned.literal;
    if (planned.may_be_unread && head_.length == kUnread.size()) literal_ = kUnread;
    INVARIANT(head_.length == literal_.size());
  } else if (planned.content != PlannedExchange::Content::kAny) {
    INVARIANT(head_.length == planned.size);
  }
}

// By one of the files that were in force since the request began to leave.
void ScriptedClient::check_verdict(const PlannedExchange& planned) {
  const Guard& guard = *planned.guard;
  const Claim::Kind kind = guard.says().kind;
  const std::size_t since = versions_[answered_];
  const std::string challenge =
      "Basic realm=\"" + std::string(kRealms.at(guard.realm)) + "\", charset=\"UTF-8\"";
  INVARIANT(head_.challenge == (head_.status == 401 ? challenge : ""));
  INVARIANT((head_.status == 503) == (head_.retry_after > 0));
  if (kind != Claim::Kind::kCredentials) {
    INVARIANT(head_.status == (kind == Claim::Kind::kNone ? 401 : 400));
  } else if (head_.status == planned.status) {
    INVARIANT(files_.has_allowed(guard, since));
  } else if (head_.status == 401) {
    INVARIANT(files_.has_denied(guard, since));
    ++verdicts_.wrong;
  } else {
    INVARIANT(head_.status == 503 || head_.status == 500);
    ++(head_.status == 503 ? verdicts_.busy : verdicts_.failed);
  }
}

bool ScriptedClient::check_content() {
  const PlannedExchange& planned = plan_[answered_];
  if (head_.has_chunks && !planned.no_content) return check_chunk();
  const std::uint64_t length = planned.no_content ? 0 : head_.length;
  check_bytes(std::min<std::uint64_t>(received_.size(), length - content_checked_));
  if (content_checked_ < length) return false;
  INVARIANT(!planned.truncated || head_.status != planned.status);  // there was not that much
  end_answer();
  return true;
}

// The rest of a chunk that has begun, or the line before the next one: "1f\r\n", or "0\r\n\r\n".
bool ScriptedClient::check_chunk() {
  constexpr std::string_view kEnd = "\r\n";
  if (chunk_left_ > 0) {
    const std::size_t size = std::min(received_.size(), chunk_left_);
    check_bytes(size);
    chunk_left_ -= size;
    chunk_to_end_ = chunk_left_ == 0;
    return size > 0;
  }
  if (chunk_to_end_) {
    if (received_.size() < kEnd.size()) return false;
    INVARIANT(received_.starts_with(kEnd));
    received_.erase(0, kEnd.size());
    chunk_to_end_ = false;
  }
  const std::size_t end = received_.find(kEnd);
  if (end == std::string::npos) return false;
  const auto size = std::stoull(received_.substr(0, end), nullptr, 16);
  if (size > 0) {
    chunk_left_ = size;
    INVARIANT(content_checked_ + size <= head_.length);
    received_.erase(0, end + kEnd.size());
    return true;
  }
  if (received_.size() < end + 2 * kEnd.size()) return false;
  INVARIANT(received_.starts_with("0\r\n\r\n") && content_checked_ == head_.length);
  received_.erase(0, end + 2 * kEnd.size());
  end_answer();
  return true;
}

void ScriptedClient::check_bytes(std::size_t size) {
  const PlannedExchange& planned = plan_[answered_];
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
        INVARIANT(received_[i] == literal_[at]);
        break;
      case PlannedExchange::Content::kAny:
        break;
    }
  }
  received_.erase(0, size);
  content_checked_ += size;
}

void ScriptedClient::end_answer() {
  ++answered_;
  in_content_ = went_on_ = false;
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
