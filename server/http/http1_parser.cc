#include "server/http/http1_parser.h"

#include <llhttp.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <system_error>

#include "core/base/invariant.h"
#include "server/http/characters.h"
#include "server/http/request_rules.h"

namespace server {
namespace {

constexpr std::size_t kTrailerBytesMax = 8192;

// Every field section is parsed behind this line. The real one has been read by then, to the
// letter: llhttp would take several spaces, HTTP/0.9, RTSP's methods, and refuse HTTP/1.2, which
// RFC 9110 2.5 wants to be taken for 1.1.
constexpr std::string_view kAnyRequestLine = "POST / HTTP/1.1\r\n";

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

// RFC 9110 6.5.1: what frames, routes or authenticates a message does not belong in its trailers.
bool forbidden_in_trailers(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kForbidden = {
      "Transfer-Encoding", "Content-Length", "Host", "Authorization", "Content-Encoding"};
  return std::any_of(kForbidden.begin(), kForbidden.end(), [name](std::string_view forbidden) {
    return equal_ignoring_case(name, forbidden);
  });
}

void give(BodySink* sink, std::string_view content) {
  if (sink != nullptr && !content.empty()) sink->on_content(std::as_bytes(std::span(content)));
}

}  // namespace

struct Http1Parser::Llhttp {
  static llhttp_t* state(Http1Parser& parser) {
    return std::launder(reinterpret_cast<llhttp_t*>(parser.state_.data()));
  }
  static Http1Parser& parser(llhttp_t* state) { return *static_cast<Http1Parser*>(state->data); }
  // The same place in what came.
  static std::string_view original(const Http1Parser& parser, const char* at, std::size_t size) {
    return parser.section_.substr(static_cast<std::size_t>(at - parser.fed_.data()), size);
  }

  // The section is one piece, so each span comes whole.
  static int on_header_field(llhttp_t* state, const char* at, std::size_t size) {
    Http1Parser& self = parser(state);
    self.field_name_ = original(self, at, size);
    return HPE_OK;
  }
  static int on_header_value(llhttp_t* state, const char* at, std::size_t size) {
    Http1Parser& self = parser(state);
    if (self.fields_->count() >= self.fields_max_) {
      self.too_many_fields_ = true;
      return HPE_USER;
    }
    self.fields_->add({self.field_name_, trim_end(original(self, at, size))});
    return HPE_OK;
  }
  static int on_headers_complete(llhttp_t* state) {
    // RFC 9110 7.8: a server may ignore Upgrade; llhttp would stop at what follows.
    state->upgrade = 0;
    parser(state).section_complete_ = true;
    return 1;  // no body: framing is ours
  }
  static int on_message_complete(llhttp_t*) { return HPE_PAUSED; }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t settings;
      llhttp_settings_init(&settings);
      settings.on_header_field = on_header_field;
      settings.on_header_value = on_header_value;
      settings.on_headers_complete = on_headers_complete;
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return kSettings;
  }
};

Http1Parser::Http1Parser() : state_{} {
  static_assert(sizeof(llhttp_t) <= kStateBytes && alignof(llhttp_t) <= 8);
  ::new (static_cast<void*>(state_.data())) llhttp_t;
}

int Http1Parser::parse_head(std::string_view head, const Limits& limits, Request& request) {
  fields_max_ = limits.fields_max;
  complete_ = chunked_ = in_trailers_ = false;
  content_length_ = 0;
  if (const int status = read_request_line(head, request); status != 0) return status;
  if (!parse_fields(head.substr(head.find("\r\n") + 2), request.fields)) {
    return too_many_fields_ ? 431 : 400;
  }
  if (!read_framing(request.fields)) return 400;
  if (chunked_) decoder_ = ChunkedDecoder(limits.content_bytes_max);
  complete_ = !chunked_ && content_length_ == 0;
  return 0;
}

// A whole field section, up to its empty line.
bool Http1Parser::parse_fields(std::string_view bytes, FieldList& fields) {
  llhttp_t* state = Llhttp::state(*this);
  llhttp_init(state, HTTP_REQUEST, &Llhttp::settings());
  state->data = this;
  fields_ = &fields;
  section_ = bytes;
  fed_ = with_plain_white_space(bytes);
  too_many_fields_ = section_complete_ = false;
  bool good = llhttp_execute(state, kAnyRequestLine.data(), kAnyRequestLine.size()) == HPE_OK;
  good = good && llhttp_execute(state, fed_.data(), fed_.size()) == HPE_PAUSED &&
         section_complete_ && llhttp_get_error_pos(state) == fed_.data() + fed_.size();
  fields_ = nullptr;
  return good;
}

// RFC 9112 5.1: white space behind a value is spaces and tabs. llhttp refuses a Content-Length with
// a tab behind it, so it gets spaces instead. Few heads have a tab.
std::string_view Http1Parser::with_plain_white_space(std::string_view bytes) {
  if (bytes.find('\t') == std::string_view::npos) return bytes;
  plain_ = bytes;
  for (std::size_t end = plain_.find("\r\n"); end != std::string::npos;
       end = plain_.find("\r\n", end + 2)) {
    for (std::size_t i = end; i > 0 && is_white_space(plain_[i - 1]); --i) plain_[i - 1] = ' ';
  }
  return plain_;
}

// RFC 9112 6.3, by the fields that check_request() is going to judge, and not by what llhttp makes
// of them: it overlooked "Transfer-Encoding: chunked" with a tab behind it, and read no body.
bool Http1Parser::read_framing(const FieldList& fields) {
  chunked_ = fields.find("Transfer-Encoding") != nullptr;
  const Field* length = fields.find("Content-Length");
  if (length == nullptr) return true;
  const char* end = length->value.data() + length->value.size();
  const auto result = std::from_chars(length->value.data(), end, content_length_);
  return result.ec == std::errc() && result.ptr == end;
}

Http1Parser::BodyProgress Http1Parser::feed_body(std::span<const std::byte> bytes, BodySink* sink) {
  INVARIANT(!complete_);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  BodyProgress progress;
  if (chunked_) {
    if (!in_trailers_) feed_chunks(text, sink, progress);
    if (in_trailers_ && progress.status == 0) feed_trailers(text, progress);
    return progress;
  }
  progress.consumed = std::min<std::uint64_t>(content_length_, text.size());
  progress.content_bytes = progress.consumed;
  give(sink, text.substr(0, progress.consumed));
  content_length_ -= progress.consumed;
  complete_ = content_length_ == 0;
  return progress;
}

void Http1Parser::feed_chunks(std::string_view bytes, BodySink* sink, BodyProgress& progress) {
  while (progress.consumed < bytes.size() && !in_trailers_) {
    const ChunkedDecoder::Step step = decoder_.step(bytes.substr(progress.consumed));
    progress.consumed += step.consumed;
    progress.content_bytes += step.content.size();
    give(sink, step.content);
    switch (step.result) {
      case ChunkedDecoder::Result::kMore:
        break;
      case ChunkedDecoder::Result::kEnd:
        in_trailers_ = true;
        trailers_.clear();
        trailer_scan_ = HeadScan{};
        trailer_scan_.saw_start_line = true;
        break;
      case ChunkedDecoder::Result::kBad:
        progress.status = 400;
        return;
      case ChunkedDecoder::Result::kTooLarge:
        progress.status = 413;
        return;
    }
  }
}

// The trailer section gets the same scan as the head, so it is gathered before llhttp sees it.
void Http1Parser::feed_trailers(std::string_view bytes, BodyProgress& progress) {
  bytes.remove_prefix(progress.consumed);
  const std::size_t before = trailers_.size();
  trailers_.append(bytes.substr(0, kTrailerBytesMax - before));
  switch (scan_head(trailers_, kTrailerBytesMax, trailer_scan_)) {
    case HeadState::kIncomplete:
      progress.consumed += bytes.size();
      return;
    case HeadState::kBad:
      progress.status = 400;
      return;
    case HeadState::kTooLong:
      progress.status = 431;
      return;
    case HeadState::kComplete:
      break;
  }
  trailers_.resize(trailer_scan_.position);
  progress.consumed += trailers_.size() - before;
  complete_ = trailers_allowed();
  if (!complete_) progress.status = too_many_fields_ ? 431 : 400;
}

bool Http1Parser::trailers_allowed() {
  FieldList fields;
  if (!parse_fields(trailers_, fields)) return false;
  return std::none_of(fields.begin(), fields.end(),
                      [](const Field& field) { return forbidden_in_trailers(field.name); });
}

}  // namespace server
