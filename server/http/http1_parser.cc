#include "server/http/http1_parser.h"

#include <llhttp.h>

#include <cstring>
#include <new>

#include "core/base/invariant.h"

namespace server {
namespace {

// RFC 9112 7.1.1: a limit on chunk extensions, which nobody uses but attackers; over the whole
// body.
constexpr std::uint64_t kExtensionBytesMax = 4096;
// Of one chunk what is not content: its size may begin with any number of zeros (RFC 9112 7.1).
constexpr std::uint64_t kChunkFramingBytesMax = 8192;
static_assert(kChunkFramingBytesMax > kExtensionBytesMax);
constexpr std::size_t kTrailerBytesMax = 8192;

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// RFC 9110 6.5.1: what frames, routes or authenticates a message does not belong in its trailers.
bool forbidden_in_trailers(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kForbidden = {
      "Transfer-Encoding", "Content-Length", "Host", "Authorization", "Content-Encoding"};
  for (const std::string_view forbidden : kForbidden) {
    if (equal_ignoring_case(name, forbidden)) return true;
  }
  return false;
}

}  // namespace

struct Http1Parser::Llhttp {
  static llhttp_t* state(Http1Parser& parser) {
    return std::launder(reinterpret_cast<llhttp_t*>(parser.state_.data()));
  }
  static const llhttp_t* state(const Http1Parser& parser) {
    return std::launder(reinterpret_cast<const llhttp_t*>(parser.state_.data()));
  }
  static Http1Parser& parser(llhttp_t* state) { return *static_cast<Http1Parser*>(state->data); }

  // The head is one piece, so each span comes whole.
  static int on_url(llhttp_t* state, const char* at, std::size_t size) {
    parser(state).request_->target_text = {at, size};
    return HPE_OK;
  }
  static int on_header_field(llhttp_t* state, const char* at, std::size_t size) {
    parser(state).field_name_ = {at, size};
    return HPE_OK;
  }
  static int on_header_value(llhttp_t* state, const char* at, std::size_t size) {
    Http1Parser& self = parser(state);
    FieldList& fields =
        self.trailer_fields_ != nullptr ? *self.trailer_fields_ : self.request_->fields;
    if (fields.count() >= self.fields_max_) {
      self.too_many_fields_ = true;
      return HPE_USER;
    }
    fields.add({self.field_name_, trim_end({at, size})});
    return HPE_OK;
  }
  static int on_headers_complete(llhttp_t* state) {
    // RFC 9110 7.8: a server may ignore Upgrade; llhttp would stop at what follows.
    state->upgrade = 0;
    parser(state).headers_complete_ = true;
    return 0;
  }
  static int on_body(llhttp_t* state, const char*, std::size_t size) {
    parser(state).content_bytes_ += size;
    return HPE_OK;
  }
  static int on_extension(llhttp_t* state, const char*, std::size_t size) {
    Http1Parser& self = parser(state);
    self.extension_bytes_ += size;
    return self.extension_bytes_ > kExtensionBytesMax ? HPE_USER : HPE_OK;
  }
  static int on_chunk_header(llhttp_t* state) {
    parser(state).at_chunk_header_ = true;
    parser(state).in_trailers_ = state->content_length == 0;
    return HPE_PAUSED;  // framing is counted chunk by chunk
  }
  static int on_message_complete(llhttp_t* state) {
    parser(state).complete_ = true;
    return HPE_PAUSED;  // what follows is the next message's
  }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t settings;
      llhttp_settings_init(&settings);
      settings.on_url = on_url;
      settings.on_header_field = on_header_field;
      settings.on_header_value = on_header_value;
      settings.on_headers_complete = on_headers_complete;
      settings.on_body = on_body;
      settings.on_chunk_extension_name = on_extension;
      settings.on_chunk_extension_value = on_extension;
      settings.on_chunk_header = on_chunk_header;
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return kSettings;
  }
};

Http1Parser::Http1Parser() : state_{} {
  static_assert(sizeof(llhttp_t) <= kStateBytes && alignof(llhttp_t) <= 8);
  ::new (static_cast<void*>(state_.data())) llhttp_t;
  reset();
}

void Http1Parser::reset() {
  llhttp_init(Llhttp::state(*this), HTTP_REQUEST, &Llhttp::settings());
  Llhttp::state(*this)->data = this;
  trailer_fields_ = nullptr;
  too_many_fields_ = headers_complete_ = complete_ = at_chunk_header_ = in_trailers_ = false;
  content_bytes_ = extension_bytes_ = chunk_framing_bytes_ = 0;
  trailers_.clear();
  trailer_scan_ = HeadScan{};
}

int Http1Parser::parse_head(std::string_view head, std::size_t fields_max, Request& request) {
  reset();
  request_ = &request;
  fields_max_ = fields_max;
  std::size_t consumed = 0;
  const bool good = execute(head, consumed);
  request_ = nullptr;
  if (too_many_fields_) return 431;
  if (!good || !headers_complete_ || consumed != head.size()) return 400;
  return 0;
}

std::uint64_t Http1Parser::content_length() const {
  const llhttp_t* state = Llhttp::state(*this);
  return (state->flags & F_CONTENT_LENGTH) != 0 ? state->content_length : 0;
}

Http1Parser::BodyProgress Http1Parser::feed_body(std::span<const std::byte> bytes) {
  INVARIANT(headers_complete_ && !complete_);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  BodyProgress progress;
  while (!complete_ && !in_trailers_ && !progress.bad && progress.consumed < text.size()) {
    feed_content(text.substr(progress.consumed), progress);
  }
  if (in_trailers_ && !progress.bad) {
    const BodyProgress trailers = feed_trailers(text.substr(progress.consumed));
    progress.consumed += trailers.consumed;
    progress.bad = trailers.bad;
  }
  return progress;
}

// Up to the end of the next chunk's header at most.
void Http1Parser::feed_content(std::string_view bytes, BodyProgress& progress) {
  content_bytes_ = 0;
  at_chunk_header_ = false;
  std::size_t consumed = 0;
  const bool good = execute(bytes, consumed);
  progress.consumed += consumed;
  progress.content_bytes += content_bytes_;
  chunk_framing_bytes_ += consumed - content_bytes_;
  progress.bad = !good || chunk_framing_bytes_ > kChunkFramingBytesMax;
  if (at_chunk_header_) chunk_framing_bytes_ = 0;
}

// False when the bytes break the protocol. `consumed` stops where a callback paused.
bool Http1Parser::execute(std::string_view bytes, std::size_t& consumed) {
  llhttp_t* state = Llhttp::state(*this);
  const llhttp_errno_t result = llhttp_execute(state, bytes.data(), bytes.size());
  consumed = bytes.size();
  if (result == HPE_OK) return true;
  if (result != HPE_PAUSED) return false;
  consumed = static_cast<std::size_t>(llhttp_get_error_pos(state) - bytes.data());
  llhttp_resume(state);
  return true;
}

// The trailer section gets the same scan as the head, so it is gathered before llhttp sees it.
Http1Parser::BodyProgress Http1Parser::feed_trailers(std::string_view bytes) {
  BodyProgress progress;
  const std::size_t before = trailers_.size();
  const std::size_t room = kTrailerBytesMax - before;
  trailers_.append(bytes.substr(0, room));
  trailer_scan_.saw_start_line = true;
  switch (scan_head(trailers_, kTrailerBytesMax, trailer_scan_)) {
    case HeadState::kIncomplete:
      progress.consumed = bytes.size();
      return progress;
    case HeadState::kBad:
    case HeadState::kTooLong:
      progress.bad = true;
      return progress;
    case HeadState::kComplete:
      break;
  }
  trailers_.resize(trailer_scan_.position);
  progress.consumed = trailers_.size() - before;
  progress.bad = !trailers_allowed();
  return progress;
}

bool Http1Parser::trailers_allowed() {
  FieldList fields;
  trailer_fields_ = &fields;
  std::size_t consumed = 0;
  const bool good = execute(trailers_, consumed);
  trailer_fields_ = nullptr;
  if (!good || !complete_ || consumed != trailers_.size()) return false;
  for (const Field& field : fields) {
    if (forbidden_in_trailers(field.name)) return false;
  }
  return true;
}

}  // namespace server
