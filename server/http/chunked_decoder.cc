#include "server/http/chunked_decoder.h"

#include <limits>

#include "core/base/invariant.h"
#include "server/http/characters.h"

namespace server {
namespace {

constexpr std::uint64_t kSizeMax = std::numeric_limits<std::uint64_t>::max();

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::step(std::string_view bytes) {
  Step step;
  while (step.consumed < bytes.size()) {
    if (state_ == State::kContent) {
      step.content = bytes.substr(step.consumed, size_);
      step.consumed += step.content.size();
      size_ -= step.content.size();
      if (size_ == 0) state_ = State::kContentReturn;
      return step;
    }
    const bool at_line_end = state_ == State::kLineFeed;
    if (!read_framing(bytes[step.consumed++])) {
      step.result = Result::kBad;
      return step;
    }
    if (!at_line_end) continue;
    // The chunk's line is complete: judged before any of its content is read.
    if (size_ == 0) {
      step.result = Result::kEnd;
      return step;
    }
    if (size_ > content_bytes_left_) {
      step.result = Result::kTooLarge;
      return step;
    }
    content_bytes_left_ -= size_;
  }
  return step;
}

bool ChunkedDecoder::read_framing(char c) {
  switch (state_) {
    case State::kLineFeed:
      state_ = State::kContent;
      return c == '\n';
    case State::kContentReturn:
      state_ = State::kContentLineFeed;
      return c == '\r';
    case State::kContentLineFeed:
      state_ = State::kSizeFirst;
      size_ = line_bytes_ = 0;
      return c == '\n';
    default:
      return read_line(c);
  }
}

// A chunk's line up to its CR.
bool ChunkedDecoder::read_line(char c) {
  if (++line_bytes_ > kLineBytesMax) return false;
  switch (state_) {
    case State::kSizeFirst:
      state_ = State::kSize;
      return read_size(c);
    case State::kSize:
      return read_size(c) || end_of_element(c);
    default:
      return ++extension_bytes_ <= kExtensionBytesMax && read_extension(c);
  }
}

bool ChunkedDecoder::read_extension(char c) {
  switch (state_) {
    case State::kExtension:
      if (is_white_space(c)) return true;
      state_ = State::kNameFirst;
      return c == ';';
    case State::kNameFirst:
      if (is_white_space(c)) return true;
      state_ = State::kName;
      return is_token_character(c);
    case State::kName:
      return is_token_character(c) || end_of_name(c);
    case State::kNameEnd:
      // White space behind a name belongs to what follows it, and a line end does not.
      return c != '\r' && end_of_name(c);
    case State::kValueFirst:
      if (is_white_space(c)) return true;
      state_ = c == '"' ? State::kQuoted : State::kValue;
      return c == '"' || is_token_character(c);
    case State::kValue:
      return is_token_character(c) || end_of_element(c);
    case State::kQuoted:
      if (c == '"') state_ = State::kValueEnd;
      if (c == '\\') state_ = State::kQuotedPair;
      return is_field_content(c);  // RFC 9110 5.6.4
    case State::kQuotedPair:
      state_ = State::kQuoted;
      return is_field_content(c);
    default:
      INVARIANT(state_ == State::kValueEnd);
      return end_of_element(c);
  }
}

bool ChunkedDecoder::end_of_name(char c) {
  if (c == '=') {
    state_ = State::kValueFirst;
    return true;
  }
  if (is_white_space(c)) {
    state_ = State::kNameEnd;
    return true;
  }
  return end_of_element(c);
}

bool ChunkedDecoder::read_size(char c) {
  const int digit = hex_value(c);
  if (digit < 0 || size_ > kSizeMax / 16) return false;
  size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
  return true;
}

// Behind a size, a name or a value: the end of the line, or another extension.
bool ChunkedDecoder::end_of_element(char c) {
  if (c == '\r') {
    state_ = State::kLineFeed;
  } else if (c == ';') {
    state_ = State::kNameFirst;
  } else if (is_white_space(c)) {
    state_ = State::kExtension;
  } else {
    return false;
  }
  return true;
}

}  // namespace server
