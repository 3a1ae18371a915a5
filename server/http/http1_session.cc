#include "server/http/http1_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/request_rules.h"
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

}  // namespace

Http1Session::Http1Session(HttpContext& context, SessionOwner& owner, core::TimePoint now)
    : context_(context), owner_(owner), deadline_(now + context.limits.keepalive_timeout) {}

Http1Session::~Http1Session() {
  if (message_ == nullptr) return;
  // An answer that stands in the output queue without having been sent to its end, or none at all.
  if (state_ == State::kResponding) owner_.on_exchange_end(exchange(), true);
  context_.messages.give_back(std::move(message_));
}

std::size_t Http1Session::receive(std::span<const std::byte> bytes, core::TimePoint now) {
  switch (state_) {
    case State::kIdle:
      if (bytes.empty()) return 0;
      state_ = State::kHead;
      deadline_ = now + context_.limits.header_timeout;
      message_ = context_.messages.take(*this);
      [[fallthrough]];
    case State::kHead:
      return receive_head({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, now);
    case State::kBody:
      return receive_body(bytes, now);
    case State::kResponding:
      return 0;
    case State::kFinished:
      return bytes.size();  // lingering: read so that the peer is not reset, and ignored
  }
  return 0;
}

std::size_t Http1Session::receive_head(std::string_view bytes, core::TimePoint now) {
  std::string& head = message_->head;
  const std::size_t before = head.size();
  const std::size_t size_max = context_.limits.header_bytes_max;
  head.append(bytes.substr(0, size_max - before));
  switch (scan_head(head, size_max, message_->scan)) {
    case HeadState::kIncomplete:
      return bytes.size();
    case HeadState::kBad:
      refuse(400);
      return bytes.size();
    case HeadState::kTooLong:
      // RFC 9110 15.5.15: 414 when it is the target that does not end.
      refuse(message_->scan.saw_start_line ? 431 : 414);
      return bytes.size();
    case HeadState::kComplete:
      break;
  }
  head.resize(message_->scan.position);
  const std::size_t consumed = head.size() - before;
  on_head(now);
  return consumed;
}

void Http1Session::on_head(core::TimePoint now) {
  exchange().began = core::Clock::now();
  if (const int status = read_head(); status != 0) {
    refuse(status);
    return;
  }
  const Request& request = exchange().request;
  close_after_ = close_after_ || !wants_keep_alive(request);
  if (message_->parser.message_complete()) {
    dispatch();
    return;
  }
  if (message_->parser.content_length() > context_.limits.body_bytes_max) {
    refuse(413);
    return;
  }
  if (request.minor_version == 1 && request.fields.find("Expect") != nullptr) {
    // RFC 9110 10.1.1: a final status instead of 100, and the body is never read.
    close_after_ = must_linger_ = true;
    dispatch();
    return;
  }
  state_ = State::kBody;
  deadline_ = now + context_.limits.body_timeout;
}

int Http1Session::read_head() {
  Request& request = exchange().request;
  const std::string_view head = std::string_view(message_->head).substr(message_->scan.start_line);
  if (const int status = read_request_line(head, request); status != 0) return status;
  const int status = message_->parser.parse_head(head, context_.limits.header_fields_max, request);
  if (status != 0) return status;
  return check_request(request, message_->path);
}

std::size_t Http1Session::receive_body(std::span<const std::byte> bytes, core::TimePoint now) {
  const Http1Parser::BodyProgress progress = message_->parser.feed_body(bytes);
  message_->content_bytes += progress.content_bytes;
  // Before what breaks the framing: it came later, and would not have been read had it come apart.
  if (message_->content_bytes > context_.limits.body_bytes_max) {
    refuse(413);
    return bytes.size();
  }
  if (progress.bad) {
    refuse(400);
    return bytes.size();
  }
  deadline_ = now + context_.limits.body_timeout;
  if (message_->parser.message_complete()) dispatch();
  return progress.consumed;
}

void Http1Session::dispatch() {
  state_ = State::kResponding;
  deadline_ = core::kNever;
  context_.dispatcher.start(exchange());
}

void Http1Session::refuse(int status) {
  INVARIANT(state_ == State::kHead || state_ == State::kBody);
  if (exchange().began == core::TimePoint{}) exchange().began = core::Clock::now();
  state_ = State::kResponding;
  deadline_ = core::kNever;
  close_after_ = must_linger_ = true;
  respond_with_status(exchange(), status);
}

void Http1Session::on_input_end() {
  if (state_ == State::kResponding) {
    close_after_ = true;  // RFC 9112 9.6: a half-closed client still gets its answer
    return;
  }
  state_ = State::kFinished;
  must_linger_ = false;
  deadline_ = core::kNever;
}

void Http1Session::produce(core::OutputQueue& output, core::TimePoint now) {
  if (state_ != State::kResponding || !exchange().responded()) return;
  if (!rendered_) render(output);
  // A file leaves by itself; the exchange ends with it, so that its time and its end are known.
  if (!output.holds_file()) end_exchange(now);
}

bool Http1Session::wants_input() const {
  return state_ == State::kIdle || state_ == State::kHead || state_ == State::kBody;
}

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
  state_ = State::kIdle;
  deadline_ = now + context_.limits.keepalive_timeout;
}

}  // namespace server
