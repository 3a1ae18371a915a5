#include "loadtest/response_parser.h"

#include <algorithm>

#include "core/base/invariant.h"
#include "core/base/letter_case.h"

namespace loadtest {
namespace {

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;
constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::uint64_t fnv1a_on(std::uint64_t digest, std::string_view bytes) {
  for (const char byte : bytes) digest = (digest ^ static_cast<unsigned char>(byte)) * kFnvPrime;
  return digest;
}

// `name` in lower case.
bool is(std::string_view text, std::string_view name) {
  return text.size() == name.size() &&
         std::equal(text.begin(), text.end(), name.begin(),
                    [](char left, char right) { return core::to_lower(left) == right; });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// RFC 9110 5.6.1: a list, its elements apart by commas.
bool lists(std::string_view list, std::string_view name) {
  for (;;) {
    const auto comma = list.find(',');
    if (is(trimmed(list.substr(0, comma)), name)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::uint64_t fnv1a(std::string_view bytes) { return fnv1a_on(kFnvOffset, bytes); }

ResponseParser::ResponseParser(bool to_head, bool digests) : to_head_(to_head), digests_(digests) {
  begin();
}

std::size_t ResponseParser::feed(std::string_view bytes) {
  INVARIANT(state_ != State::kBad);
  if (state_ == State::kComplete) begin();
  std::size_t used = 0;
  while (used < bytes.size() && (state_ == State::kHead || state_ == State::kBody)) {
    const std::string_view rest = bytes.substr(used);
    used += state_ == State::kHead ? feed_head(rest) : feed_body(rest);
  }
  return used;
}

void ResponseParser::skip_body(std::uint64_t size) {
  INVARIANT(state_ == State::kBody && size <= body_left_);
  body_left_ -= size;
  bytes_ += size;
  if (body_left_ == 0) state_ = State::kComplete;
}

void ResponseParser::reset() { begin(); }

void ResponseParser::begin() {
  state_ = State::kHead;
  head_.clear();
  fields_ = {};
  body_left_ = bytes_ = 0;
  digest_ = kFnvOffset;
}

std::size_t ResponseParser::feed_head(std::string_view bytes) {
  const std::size_t before = head_.size();
  if (before == 0 && !known_head_.empty() && bytes.starts_with(known_head_)) {
    head_ = known_head_;
    fields_ = known_fields_;
    bytes_ += head_.size();
    end_head();
    return head_.size();
  }
  // The end may be cut: up to three bytes of it may have come before.
  const std::size_t look_from = before - std::min(before, kHeadEnd.size() - 1);
  if (before == 0) {
    const auto end = bytes.find(kHeadEnd);
    head_.assign(bytes.substr(0, end == std::string_view::npos ? end : end + kHeadEnd.size()));
  } else {
    head_.append(bytes);
  }
  const auto end = head_.find(kHeadEnd, look_from);
  if (end == std::string_view::npos) {
    if (head_.size() > kHeadBytesMax) refuse(Mishap::kStatus, "a head of more than 64 KiB");
    return bytes.size();
  }
  head_.resize(end + kHeadEnd.size());
  const std::size_t used = head_.size() - before;
  bytes_ += head_.size();
  read_head();
  if (state_ == State::kBody || state_ == State::kComplete) {
    known_head_ = head_;
    known_fields_ = fields_;
  }
  return used;
}

void ResponseParser::read_head() {
  std::string_view rest(head_);
  bool first = true;
  while (rest.size() > 2) {
    const auto end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (!(first ? read_status_line(line) : read_field(line))) return;
    first = false;
  }
  end_head();
}

bool ResponseParser::read_status_line(std::string_view line) {
  // RFC 9112 4: "HTTP/1.1 200 OK"; the reason may be empty, the space before it may not be missing.
  const bool well_formed = line.size() >= 13 && line.starts_with("HTTP/1.") && is_digit(line[7]) &&
                           line[8] == ' ' && is_digit(line[9]) && is_digit(line[10]) &&
                           is_digit(line[11]) && line[12] == ' ';
  if (!well_formed) return refuse(Mishap::kStatus, "not a status line of HTTP/1.1");
  fields_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  fields_.closes = line[7] == '0';  // unless it says otherwise
  return true;
}

bool ResponseParser::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line[0] == ' ' || line[0] == '\t' ||
      line[colon - 1] == ' ' || line[colon - 1] == '\t') {
    return refuse(Mishap::kStatus, "not a header field");
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (is(name, "content-length")) return read_length(value);
  if (is(name, "transfer-encoding")) {
    return refuse(Mishap::kLength, "Transfer-Encoding, which this generator does not read");
  }
  if (is(name, "connection")) {
    if (lists(value, "close")) fields_.closes = true;
    if (lists(value, "keep-alive")) fields_.closes = false;
  }
  return true;
}

bool ResponseParser::read_length(std::string_view value) {
  if (fields_.length) return refuse(Mishap::kLength, "two Content-Length fields");
  // 18 digits fit.
  if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), is_digit)) {
    return refuse(Mishap::kLength, "a Content-Length that is no number");
  }
  std::uint64_t length = 0;
  for (const char digit : value) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  fields_.length = length;
  return true;
}

void ResponseParser::end_head() {
  if (fields_.status < 200) {  // RFC 9110 15.2: the final response is still to come
    const std::uint64_t bytes = bytes_;
    begin();
    bytes_ = bytes;
    return;
  }
  if (to_head_ || fields_.status == 204 || fields_.status == 304) {
    state_ = State::kComplete;
    return;
  }
  if (!fields_.length) {
    refuse(Mishap::kLength, "no Content-Length");
    return;
  }
  body_left_ = *fields_.length;
  state_ = body_left_ == 0 ? State::kComplete : State::kBody;
}

std::size_t ResponseParser::feed_body(std::string_view bytes) {
  const std::string_view part = bytes.substr(0, body_left_);
  if (digests_) digest_ = fnv1a_on(digest_, part);
  skip_body(part.size());
  return part.size();
}

bool ResponseParser::refuse(Mishap mishap, std::string_view reason) {
  state_ = State::kBad;
  mishap_ = mishap;
  reason_ = reason;
  return false;
}

}  // namespace loadtest
