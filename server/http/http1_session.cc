#include "server/http/http1_session.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/http1_response.h"

namespace server {
namespace {

core::Duration time_for(std::size_t bytes, std::uint64_t bytes_per_second) {
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second);
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Http1Session::Http1Session(HttpContext& context, SessionOwner& owner, core::TimePoint now,
                           const ConnectionFacts& connection)
    : context_(context),
      owner_(owner),
      connection_(connection),
      deadline_(now + context.limits.keepalive_timeout) {}

Http1Session::~Http1Session() {
  // An answer that stands in the output queue without having been sent to its end, or none at all.
  abort_exchange();
}

std::size_t Http1Session::receive(std::span<const std::byte> bytes, core::TimePoint now) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  switch (state_) {
    case State::kIdle:
      return receive_first(text, now);
    case State::kHead:
      return receive_head(text, now);
    case State::kBody:
      return receive_body(bytes, now);
    case State::kResponding:
    case State::kStreaming:
      return 0;
    case State::kFinished:
      return bytes.size();  // lingering: read so that the peer is not reset, and ignored
  }
  return 0;
}

// RFC 9112 2.2: empty lines in front of a request line are ignored. They begin no request, so they
// count for no limit, and the connection stays as idle as it was.
std::size_t Http1Session::receive_first(std::string_view bytes, core::TimePoint now) {
  std::size_t skipped = 0;
  while (skipped < bytes.size() && bytes[skipped] == (empty_line_begun_ ? '\n' : '\r')) {
    empty_line_begun_ = !empty_line_begun_;
    ++skipped;
  }
  if (skipped == bytes.size()) return skipped;
  state_ = State::kHead;
  deadline_ = now + context_.limits.header_timeout;
  message_ = context_.messages.take(*this);
  if (std::exchange(empty_line_begun_, false)) {  // a CR alone
    refuse(400);
    return bytes.size();
  }
  return skipped + receive_head(bytes.substr(skipped), now);
}

std::size_t Http1Session::receive_head(std::string_view bytes, core::TimePoint now) {
  std::size_t consumed = 0;
  switch (gather_head(bytes, consumed)) {
    case HeadState::kIncomplete:
      break;
    case HeadState::kBad:
      refuse(400);
      break;
    case HeadState::kTooLong:
      // RFC 9110 15.5.15: 414 when it is the target that does not end.
      refuse(message_->scan.saw_start_line ? 431 : 414);
      break;
    case HeadState::kComplete:
      on_head(now);
      break;
  }
  return consumed;
}

// Adds what belongs to the head. Most heads come in one piece, and are looked at where they are
// before they are copied.
HeadState Http1Session::gather_head(std::string_view bytes, std::size_t& consumed) {
  std::string& head = message_->head;
  HeadScan& scan = message_->scan;
  const std::size_t size_max = context_.limits.header_bytes_max;
  const std::size_t before = head.size();
  const bool first_piece = before == 0;
  const std::string_view piece = bytes.substr(0, size_max - before);
  if (!first_piece) head.append(piece);
  const HeadState state = scan_head(first_piece ? piece : head, size_max, scan);
  if (state == HeadState::kComplete) {
    head.resize(std::min(head.size(), scan.position));
    if (first_piece) head.assign(piece.substr(0, scan.position));
    consumed = scan.position - before;
  } else {
    if (first_piece) head.assign(piece);
    consumed = bytes.size();
  }
  return state;
}

void Http1Session::on_head(core::TimePoint now) {
  Exchange& active = exchange();
  active.began = now;
  context_.in_flight.push_back(active);
  active.connection = &connection_;
  active.request.scheme = connection_.scheme();
  if (const int status = read_head(); status != 0) {
    refuse(status);
    return;
  }
  Request& request = active.request;
  Http1Parser& parser = message_->parser;
  request.has_body = !parser.message_complete();
  active.body_bytes_max = context_.limits.body_bytes_max;
  context_.dispatcher.admit(active);
  active.stages.wanted =
      context_.stage_times || (active.policy != nullptr && active.policy->server_timing);
  parser.limit_content(active.body_bytes_max);
  close_after_ = close_after_ || !wants_keep_alive(request);
  const Expectation expectation = expectation_of(request);
  if (parser.content_length() > active.body_bytes_max) {
    refuse(413);
  } else if (expectation == Expectation::kUnknown) {
    refuse(417);
  } else if (request.has_body) {
    start_body(expectation, now);
  } else {
    dispatch();
  }
}

int Http1Session::read_head() {
  Request& request = exchange().request;
  const int status =
      message_->parser.parse_head(message_->head, context_.limits.header_fields_max, request);
  if (status != 0) return status;
  if (request.target_text.size() > HttpLimits::kTargetBytesMax) return 414;
  return check_request(request, message_->storage);
}

void Http1Session::start_body(Expectation expectation, core::TimePoint now) {
  state_ = State::kBody;
  deadline_ = now + context_.limits.body_timeout;
  exchange().stages.on_start();
  context_.dispatcher.open_body(exchange());
  if (exchange().decided() && !exchange().responded()) exchange().stages.on_wait();
  look_at_room(now);
  if (expectation != Expectation::kContinue || exchange().decided()) return;
  if (exchange().body_sink != nullptr) {
    continue_due_ = true;
    return;
  }
  // RFC 9110 10.1.1: a final status instead of 100, and the body is never read.
  stop_reading();
  start_handler();
}

std::size_t Http1Session::receive_body(std::span<const std::byte> bytes, core::TimePoint now) {
  BodySink* sink = exchange().body_sink;
  const Http1Parser::BodyProgress progress = message_->parser.feed_body(bytes, sink);
  if (exchange().decided()) {  // before the end, so what comes behind does not matter, good or bad
    stop_reading();
    return bytes.size();
  }
  if (progress.status != 0) {
    refuse(progress.status);
    return bytes.size();
  }
  if (message_->parser.message_complete()) {
    if (sink != nullptr) sink->on_content_end();
    dispatch();
    return progress.consumed;
  }
  const HttpLimits& limits = context_.limits;
  const core::TimePoint idle_deadline = now + limits.body_timeout;
  deadline_ = limits.body_bytes_per_second == 0
                  ? idle_deadline
                  : std::min(idle_deadline,
                             deadline_ + time_for(progress.consumed, limits.body_bytes_per_second));
  look_at_room(now);
  return progress.consumed;
}

void Http1Session::dispatch() {
  state_ = State::kResponding;
  deadline_ = core::kNever;
  body_paused_ = false;
  if (!exchange().decided()) start_handler();
}

void Http1Session::start_handler() {
  Exchange& active = exchange();
  active.stages.on_start();
  context_.dispatcher.start(active);
  if (!active.responded()) active.stages.on_wait();
}

// Back-pressure: its handler does not want more of the body now.
bool Http1Session::body_waits() const {
  const BodySink* sink = exchange().body_sink;
  return sink != nullptr && !sink->has_room();
}

// The peer's clock stands still while nobody reads from it, and then counts anew.
void Http1Session::look_at_room(core::TimePoint now) {
  const bool waits = body_waits();
  if (body_paused_ && !waits) deadline_ = now + context_.limits.body_timeout;
  body_paused_ = waits;
}

// The answer is the last thing on this connection, whatever the peer still sends.
void Http1Session::stop_reading() {
  state_ = State::kResponding;
  deadline_ = core::kNever;
  continue_due_ = body_paused_ = false;
  close_after_ = must_linger_ = true;
}

void Http1Session::refuse(int status) {
  INVARIANT(state_ == State::kHead || state_ == State::kBody);
  if (exchange().began == core::TimePoint{}) exchange().began = core::Clock::now();
  // RFC 9110 9.3.2: no content for HEAD, even when nothing else of the head could be read.
  if (message_->head.starts_with("HEAD ")) exchange().request.method = Method::kHead;
  count_limit(status);
  stop_reading();
  exchange().abandon_handler();
  respond_with_status(exchange(), status);
}

void Http1Session::count_limit(int status) {
  if (status == 408) {
    owner_.on_limit(state_ == State::kBody ? Limit::kBodyTimeout : Limit::kHeaderTimeout);
  } else if (status == 413) {
    owner_.on_limit(Limit::kBodySize);
  } else if (status == 414) {
    owner_.on_limit(Limit::kTargetSize);
  } else if (status == 431) {
    owner_.on_limit(Limit::kHeaderSize);
  }
}

void Http1Session::become_idle(core::TimePoint now) {
  state_ = State::kIdle;
  deadline_ = now + context_.limits.keepalive_timeout;
}

void Http1Session::on_input_end() {
  input_ended_ = true;
  if (state_ == State::kResponding || state_ == State::kStreaming) {
    close_after_ = true;  // RFC 9112 9.6: a half-closed client still gets its answer
    return;
  }
  give_up();
}

void Http1Session::produce(core::OutputQueue& output, core::TimePoint now) {
  if (state_ < State::kBody) return;
  if (state_ > State::kResponding) {
    if (state_ == State::kStreaming) stream(output, now);
    return;
  }
  if (continue_due_) {
    continue_due_ = false;
    output.append("HTTP/1.1 100 Continue\r\n\r\n");
  }
  if (state_ == State::kBody) look_at_room(now);
  if (!exchange().responded()) return;
  if (state_ == State::kBody) stop_reading();  // the handler has seen enough
  if (!rendered_ && render(output) != nullptr) {
    state_ = State::kStreaming;
    stream(output, now);
    return;
  }
  // A file leaves by itself; the exchange ends with it, so that its time and its end are known.
  if (!output.holds_file()) end_exchange(now);
}

bool Http1Session::wants_input() const {
  return state_ == State::kIdle || state_ == State::kHead ||
         (state_ == State::kBody && !body_waits());
}

core::TimePoint Http1Session::deadline() const { return body_paused_ ? core::kNever : deadline_; }

void Http1Session::drain() {
  close_after_ = true;
  if (state_ == State::kIdle) {
    state_ = State::kFinished;
    deadline_ = core::kNever;
  }
}

void Http1Session::on_deadline() {
  deadline_ = core::kNever;
  if (state_ == State::kBody && body_waits()) {
    body_paused_ = true;
    return;
  }
  if (state_ == State::kIdle) {
    owner_.on_limit(Limit::kKeepaliveTimeout);
    state_ = State::kFinished;
  } else if (state_ == State::kHead || state_ == State::kBody) {
    refuse(408);
  }
}

// Where the content comes from that is not here yet.
BodySource* Http1Session::render(core::OutputQueue& output) {
  Exchange& active = exchange();
  close_after_ = close_after_ || active.close_requested;
  rendered_ = true;
  return append_response(output, active, !close_after_, context_.date.now());
}

void Http1Session::stream(core::OutputQueue& output, core::TimePoint now) {
  BodySource& source = *std::get<StreamBody>(exchange().response.body).source;
  while (owner_.has_room()) {
    BodyPiece piece;
    switch (source.take(piece)) {
      case BodySource::Next::kPiece:
        append_piece(output, exchange(), piece);
        break;
      case BodySource::Next::kLater:
        return;
      case BodySource::Next::kEnd:
        append_end(output, exchange());
        state_ = State::kResponding;
        if (!output.holds_file()) end_exchange(now);
        return;
      case BodySource::Next::kCutOff:
        return give_up();
    }
  }
}

void Http1Session::end_exchange(core::TimePoint now) {
  owner_.on_exchange_end(exchange(), false);
  // RFC 9112 9.6: a client that would go on may be sending the next request already, and over TLS
  // one that has no more to ask may say just that (RFC 8446 6.1: close_notify).
  if (close_after_ && (connection_.tls != nullptr || wants_keep_alive(exchange().request))) {
    must_linger_ = true;
  }
  context_.messages.give_back(std::move(message_));
  rendered_ = false;
  if (close_after_) {
    state_ = State::kFinished;
    return;
  }
  become_idle(now);
}

// The connection ends before the answer did; what never became a request is only forgotten.
void Http1Session::abort_exchange() {
  if (message_ == nullptr) return;
  if (state_ >= State::kBody) owner_.on_exchange_end(exchange(), true);
  context_.messages.give_back(std::move(message_));
}

void Http1Session::give_up() {
  abort_exchange();
  state_ = State::kFinished;
  deadline_ = core::kNever;
}

}  // namespace server
