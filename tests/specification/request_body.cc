#include "tests/specification/request_body.h"

#include <algorithm>
#include <array>

namespace specification {
namespace {

// What stands for any number that no limit reaches.
constexpr std::size_t kHuge = std::size_t{1} << 60;

std::string_view without_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

// RFC 9110 8.6: 1*DIGIT. A number that 64 bits do not hold is as wrong as one over the limit.
std::size_t read_content_length(std::string_view text, std::size_t size_max,
                                Violations& violations) {
  if (!all_digits(text)) {
    violations.push_back({400, "RFC 9110 8.6: Content-Length is digits"});
    return 0;
  }
  const std::string_view digits = without_zeros(text);
  const std::size_t length = digits.size() > 18 ? kHuge
                             : digits.empty()   ? 0
                                                : std::stoull(std::string(digits));
  if (digits.size() > 19) violations.push_back({400, "RFC 9112 6.3: an overflowing length"});
  if (length > size_max) violations.push_back({413, "RFC 9110 15.5.14: content over the limit"});
  return length;
}

// RFC 9112 6.1, 6.3: chunked and nothing else, not even the empty elements that RFC 9110 5.6.1.2
// lets pass elsewhere. What ends with chunked could be read (501), of the rest nobody knows where
// it ends (400).
void judge_coding(const std::string& coding, Violations& violations) {
  if (lower(coding) == "chunked") return;
  const std::vector<std::string> codings = list_elements(coding);
  const bool ends =
      std::count(codings.begin(), codings.end(), "chunked") == 1 && codings.back() == "chunked";
  if (ends) violations.push_back({501, "RFC 9112 6.1: a coding that we do not know"});
  if (!ends || split(coding, ',').size() > codings.size()) {
    violations.push_back({400, "RFC 9112 6.3: codings that do not tell where the body ends"});
  }
}

// A chunk's line (RFC 9112 7.1): chunk-size [ chunk-ext ].
struct ChunkLine {
  bool good = false;
  std::size_t size = 0;
  std::size_t extension_bytes = 0;
};

std::string_view skip_bws(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

std::size_t token_size(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_token_character) -
                                  text.begin());
}

// RFC 9112 7.1.1: *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
bool is_chunk_ext(std::string_view text) {
  while (!text.empty()) {
    text = skip_bws(text);
    if (!text.starts_with(';')) return false;
    text = skip_bws(text.substr(1));
    const std::size_t name_size = token_size(text);
    if (name_size == 0) return false;
    text.remove_prefix(name_size);
    if (!skip_bws(text).starts_with('=')) continue;
    text = skip_bws(skip_bws(text).substr(1));
    const std::size_t value_size = std::max(token_size(text), quoted_string_size(text));
    if (value_size == 0) return false;
    text.remove_prefix(value_size);
  }
  return true;
}

ChunkLine read_chunk_line(std::string_view line) {
  const auto size_end = std::find_if_not(line.begin(), line.end(), is_hex_digit);
  const auto digits = static_cast<std::size_t>(size_end - line.begin());
  const std::string size(without_zeros(line.substr(0, digits)));
  ChunkLine result;
  result.extension_bytes = line.size() - digits;
  result.good = digits > 0 && size.size() <= 16 && is_chunk_ext(line.substr(digits));
  if (result.good && !size.empty()) {
    result.size = size.size() > 15 ? kHuge : std::stoull(size, nullptr, 16);
  }
  return result;
}

// Whether `text` can be the beginning of a chunk's line with its CR: a line ends, at the latest,
// with one of these behind it.
bool can_become_chunk_line(std::string_view text) {
  if (text.ends_with('\r')) return read_chunk_line(text.substr(0, text.size() - 1)).good;
  constexpr std::array<std::string_view, 6> kEndings = {"", "0", "a", ";a", "\"", "a\""};
  return std::any_of(kEndings.begin(), kEndings.end(), [text](std::string_view ending) {
    return read_chunk_line(std::string(text) + std::string(ending)).good;
  });
}

void refuse(Body& body, Violation violation) {
  body.refused = true;
  body.violations.push_back(std::move(violation));
}

// RFC 9112 7.1.2. RFC 9110 6.5.1: what frames, routes or authenticates a message is no trailer.
void read_trailers(std::string_view bytes, const Limits& limits, Body& body) {
  const Section section = read_section(bytes, limits.trailer_bytes);
  body.violations = section.violations;
  const Fields trailers = read_fields(section.lines, limits.header_fields, body.violations);
  for (const std::string_view name :
       {"transfer-encoding", "content-length", "host", "authorization", "content-encoding"}) {
    if (trailers.has(name)) body.violations.push_back({400, "RFC 9110 6.5.1: no trailer"});
  }
  if (section.too_long) refuse(body, {431, "RFC 6585 5: trailers over the limit"});
  body.refused = body.refused || (section.complete && !body.violations.empty());
  body.complete = section.complete && !body.refused;
  body.size += section.size;
}

// The line of the next chunk, off the front of `rest`. False: the reading ends here.
bool take_chunk_line(std::string_view& rest, std::size_t extension_bytes_max, const Limits& limits,
                     ChunkLine& line, Body& body) {
  const std::size_t line_feed = rest.find('\n');
  const bool whole = line_feed != std::string_view::npos;
  const std::string_view text = rest.substr(0, line_feed);
  const std::string_view without_cr = text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
  line = read_chunk_line(without_cr);
  const bool good = whole ? line.good && text.ends_with('\r') : can_become_chunk_line(text);
  if (!text.empty() && !good) refuse(body, {400, "RFC 9112 7.1: chunk-size [ chunk-ext ]"});
  if (whole && text.empty()) refuse(body, {400, "RFC 9112 7.1: a chunk without size"});
  // The CR of an unfinished line is still to come.
  const std::size_t to_come = text.ends_with('\r') ? 0 : 1;
  if (text.size() > limits.chunk_line_bytes ||
      line.extension_bytes > extension_bytes_max + to_come) {
    refuse(body, {400, "RFC 9112 7.1.1: a chunk's line over its limits"});
  }
  if (whole && line.size > limits.body_bytes - body.content.size()) {
    refuse(body, {413, "RFC 9110 15.5.14: content over the limit"});
  }
  if (whole) rest.remove_prefix(line_feed + 1);
  return whole && !body.refused;
}

// RFC 9112 7.1
Body read_chunks(std::string_view bytes, const Limits& limits) {
  Body body;
  std::string_view rest = bytes;
  std::size_t extension_bytes_left = limits.chunk_extension_bytes;
  for (ChunkLine line; take_chunk_line(rest, extension_bytes_left, limits, line, body);) {
    extension_bytes_left -= line.extension_bytes;
    if (line.size == 0) {
      body.size = bytes.size() - rest.size();
      read_trailers(rest, limits, body);
      return body;
    }
    body.content += rest.substr(0, line.size);
    rest.remove_prefix(std::min(line.size, rest.size()));
    const std::string_view end = rest.substr(0, 2);
    if (!std::string_view("\r\n").starts_with(end)) {
      refuse(body, {400, "RFC 9112 7.1: chunk-data CRLF"});
    }
    if (end.size() < 2 || body.refused) return body;
    rest.remove_prefix(2);
  }
  return body;
}

}  // namespace

Framing read_framing(const Head& head, const Limits& limits, Violations& violations) {
  const std::vector<std::string> codings = head.fields.all("transfer-encoding");
  const std::vector<std::string> lengths = head.fields.all("content-length");
  Framing framing;
  for (const std::string& coding : codings) judge_coding(coding, violations);
  for (const std::string& length : lengths) {
    framing.content_length = read_content_length(length, limits.body_bytes, violations);
  }
  framing.chunked = !codings.empty();
  // RFC 9112 6.1, 6.3: each of these lets two recipients see two messages.
  if (codings.size() + lengths.size() > 1) {
    violations.push_back({400, "RFC 9112 6.3: framed twice"});
  }
  if (head.minor_version == 0 && framing.chunked) {
    violations.push_back({400, "RFC 9112 6.1: Transfer-Encoding in HTTP/1.0"});
  }
  const bool content_expected =
      head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
  if (head.minor_version == 0 && content_expected && codings.empty() && lengths.empty()) {
    violations.push_back({411, "RFC 1945 7.2.2, 8.3: content without a length"});
  }
  return framing;
}

Body read_body(std::string_view bytes, const Framing& framing, const Limits& limits) {
  if (framing.chunked) return read_chunks(bytes, limits);
  Body body;
  body.content = bytes.substr(0, framing.content_length);
  body.size = body.content.size();
  body.complete = body.size == framing.content_length;
  return body;
}

}  // namespace specification
