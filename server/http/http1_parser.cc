#include "server/http/http1_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

#include "core/base/invariant.h"
#include "server/http/field_section.h"
#include "server/http/request_rules.h"

namespace server {
namespace {

constexpr std::size_t kTrailerBytesMax = 8192;

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

int Http1Parser::parse_head(std::string_view head, std::size_t fields_max, Request& request) {
  fields_max_ = fields_max;
  complete_ = chunked_ = in_trailers_ = false;
  content_length_ = 0;
  const std::size_t line_end = head.find('\n');
  INVARIANT(line_end != std::string_view::npos && line_end > 0 && head[line_end - 1] == '\r');
  const std::string_view line = head.substr(0, line_end - 1);
  if (const int status = read_request_line(line, request); status != 0) return status;
  const std::string_view section = head.substr(line_end + 1);
  if (const int status = parse_field_section(section, fields_max_, request.fields); status != 0) {
    return status;
  }
  if (!read_framing(request.fields)) return 400;
  limit_content(std::numeric_limits<std::uint64_t>::max());
  complete_ = !chunked_ && content_length_ == 0;
  return 0;
}

// RFC 9112 6.3. Whether these fields may stand together is for check_request() to judge.
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

// The trailer section gets the same scan as the head, so it is gathered first.
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
  progress.status = check_trailers();
  complete_ = progress.status == 0;
}

int Http1Parser::check_trailers() {
  FieldList fields;
  if (const int status = parse_field_section(trailers_, fields_max_, fields); status != 0) {
    return status;
  }
  const bool allowed = std::none_of(fields.begin(), fields.end(), [](const Field& field) {
    return forbidden_in_trailers(field.name);
  });
  return allowed ? 0 : 400;
}

}  // namespace server
