#include "server/http/http1_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/status.h"

namespace server {
namespace {

// The largest number with room to spare, for Content-Length.
constexpr std::size_t kDigitsMax = 20;

std::string_view render_number(std::uint64_t number, std::array<char, kDigitsMax>& buffer) {
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
}

// One copy into one block for heads of ordinary size.
void append_pieces(core::OutputQueue& output, std::span<const std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  if (size > core::BlockPool::kBlockBytes) {
    for (const std::string_view piece : pieces) output.append(piece);
    return;
  }
  char* out = output.reserve(size).data();
  for (const std::string_view piece : pieces) {
    out = std::copy(piece.begin(), piece.end(), out);
  }
  output.commit(size);
}

core::Duration time_for(std::size_t bytes, std::uint64_t bytes_per_second) {
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second);
  return std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Http1Session::Http1Session(HttpContext& context, SessionOwner& owner, core::TimePoint now)
    : context_(context), owner_(owner), deadline_(now + context.limits.keepalive_timeout) {}

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
  exchange().began = core::Clock::now();
  if (const int status = read_head(); status != 0) {
    refuse(status);
    return;
  }
  Request& request = exchange().request;
  request.has_body = !message_->parser.message_complete();
  close_after_ = close_after_ || !wants_keep_alive(request);
  const Expectation expectation = expectation_of(request);
  if (message_->parser.content_length() > context_.limits.body_bytes_max) {
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
  const int status = message_->parser.parse_head(
      message_->head, {context_.limits.header_fields_max, context_.limits.body_bytes_max}, request);
  if (status != 0) return status;
  if (request.target_text.size() > HttpLimits::kTargetBytesMax) return 414;
  return check_request(request, message_->path);
}

void Http1Session::start_body(Expectation expectation, core::TimePoint now) {
  state_ = State::kBody;
  deadline_ = now + context_.limits.body_timeout;
  context_.dispatcher.open_body(exchange());
  if (expectation != Expectation::kContinue || exchange().responded()) return;
  if (exchange().body_sink != nullptr) {
    continue_due_ = true;
    return;
  }
  // RFC 9110 10.1.1: a final status instead of 100, and the body is never read.
  stop_reading();
  context_.dispatcher.start(exchange());
}

std::size_t Http1Session::receive_body(std::span<const std::byte> bytes, core::TimePoint now) {
  BodySink* sink = exchange().body_sink;
  const Http1Parser::BodyProgress progress = message_->parser.feed_body(bytes, sink);
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
  return progress.consumed;
}

void Http1Session::dispatch() {
  state_ = State::kResponding;
  deadline_ = core::kNever;
  body_paused_ = false;
  if (!exchange().responded()) context_.dispatcher.start(exchange());
}

// Back-pressure: its handler does not want more of the body now.
bool Http1Session::body_waits() const {
  const BodySink* sink = exchange().body_sink;
  return sink != nullptr && !sink->has_room();
}

// The peer's clock stands still while its bytes are not wanted, and begins anew when they are. A
// sink may have no room before any of the body has come, so this is looked at in every turn.
void Http1Session::watch_pause(core::TimePoint now) {
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
  stop_reading();
  exchange().abandon_handler();
  respond_with_status(exchange(), status);
}

void Http1Session::become_idle(core::TimePoint now) {
  state_ = State::kIdle;
  deadline_ = now + context_.limits.keepalive_timeout;
}

void Http1Session::on_input_end() {
  if (state_ == State::kResponding) {
    close_after_ = true;  // RFC 9112 9.6: a half-closed client still gets its answer
    return;
  }
  abort_exchange();
  state_ = State::kFinished;
  must_linger_ = false;
  deadline_ = core::kNever;
}

void Http1Session::produce(core::OutputQueue& output, core::TimePoint now) {
  if (state_ != State::kResponding && state_ != State::kBody) return;
  if (continue_due_) {
    continue_due_ = false;
    output.append("HTTP/1.1 100 Continue\r\n\r\n");
  }
  if (state_ == State::kBody) watch_pause(now);
  if (!exchange().responded()) return;
  if (state_ == State::kBody) stop_reading();  // the handler has seen enough
  if (!rendered_) render(output);
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
  if (state_ == State::kIdle) {
    state_ = State::kFinished;
  } else if (state_ == State::kHead || state_ == State::kBody) {
    refuse(408);
  }
}

void Http1Session::render(core::OutputQueue& output) {
  Exchange& active = exchange();
  if ((close_after_ || active.close_requested) && wants_keep_alive(active.request)) {
    must_linger_ = true;  // RFC 9112 9.6: the client does not know yet, and may be sending
  }
  close_after_ = close_after_ || active.close_requested;
  render_head(output, !close_after_);
  if (active.request.method != Method::kHead && !body_forbidden(active.response.status)) {
    active.body_bytes_sent = body_size(active.response.body);
    render_body(output);
  }
  rendered_ = true;
}

void Http1Session::render_head(core::OutputQueue& output, bool keep_alive) {
  const Exchange& active = exchange();
  const Response& response = active.response;
  std::array<char, kDigitsMax> status_digits{};
  std::array<char, kDigitsMax> length_digits{};
  std::array<std::string_view, 14> pieces{};
  std::size_t count = 0;
  const auto add = [&](std::string_view piece) { pieces[count++] = piece; };

  add("HTTP/1.1 ");
  add(render_number(static_cast<std::uint64_t>(response.status), status_digits));
  add(" ");
  add(reason_phrase(response.status));
  add("\r\nDate: ");
  add(context_.date.now());
  add("\r\n");
  add(response.prepared_fields);
  add(response.fields.text());
  if (!body_forbidden(response.status)) {
    add("Content-Length: ");
    add(render_number(body_size(response.body), length_digits));
    add("\r\n");
  }
  if (!keep_alive) {
    add("Connection: close\r\n");
  } else if (active.request.minor_version == 0) {
    add("Connection: keep-alive\r\n");
  }
  add("\r\n");
  append_pieces(output, std::span(pieces).first(count));
}

void Http1Session::render_body(core::OutputQueue& output) {
  Body& body = exchange().response.body;
  if (const auto* text = std::get_if<TextBody>(&body)) {
    output.append(text->text);
  } else if (auto* bytes = std::get_if<BytesBody>(&body)) {
    output.append_shared(bytes->bytes, std::move(bytes->owner));
  } else if (auto* file = std::get_if<FileBody>(&body); file != nullptr && file->length > 0) {
    output.append_file(std::move(file->file), file->offset, file->length);
  }
}

void Http1Session::end_exchange(core::TimePoint now) {
  owner_.on_exchange_end(exchange(), false);
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
  if (state_ == State::kBody || state_ == State::kResponding) {
    owner_.on_exchange_end(exchange(), true);
  }
  context_.messages.give_back(std::move(message_));
}

}  // namespace server
