// The body of a request (RFC 9112 6 and 7), read plainly: how it is framed, its chunks, its
// trailers, and every rule that it breaks. Part of the specification: it shares nothing with
// server/. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tests/specification/grammar.h"
#include "tests/specification/request_head.h"

namespace specification {

// A server's own; each byte count is the largest that is accepted.
struct Limits {
  std::size_t header_bytes = 0;   // of a head, its empty line included
  std::size_t header_fields = 0;  // of a head, and of a trailer section
  std::size_t body_bytes = 0;     // of content
  std::size_t target_bytes = 8192;
  std::size_t chunk_line_bytes = 8192;       // of one chunk's line, its CR included
  std::size_t chunk_extension_bytes = 4096;  // over a body, ";" and white space included
  std::size_t trailer_bytes = 8192;          // of a trailer section, its empty line included
};

// RFC 9112 6.3
struct Framing {
  bool chunked = false;
  std::size_t content_length = 0;

  [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};
[[nodiscard]] Framing read_framing(const Head& head, const Limits& limits, Violations& violations);

struct Body {
  bool complete = false;
  bool refused = false;  // or can only be refused, whatever follows
  std::size_t size = 0;  // when complete: of the bytes
  std::string content;   // what has come of it
  Violations violations;
};
[[nodiscard]] Body read_body(std::string_view bytes, const Framing& framing, const Limits& limits);

}  // namespace specification
