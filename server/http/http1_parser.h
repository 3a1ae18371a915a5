// Http1Parser: one request message: its head as views, then its body's framing. What frames or
// means something in a way that two programs could see differently is refused here, before it
// (head_scan.h) or after it (request_rules.h). It belongs to one message and is used again for the
// next. Loop thread only, no allocation once warm.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/http/chunked_decoder.h"
#include "server/http/exchange.h"
#include "server/http/head_scan.h"

namespace server {

class Http1Parser {
 public:
  // Parses a complete head that scan_head() has passed, from its start line to its empty line.
  // Fills the method, target text, version and fields of `request` with views into `head`, which
  // must not move before the message ends. 0, or the status to refuse it with.
  [[nodiscard]] int parse_head(std::string_view head, std::size_t fields_max, Request& request);

  // --- After the head.

  // Before the first feed_body(): more content in chunks than this is refused with 413. (An
  // announced length is for the caller to judge.)
  void limit_content(std::uint64_t bytes_max) {
    if (chunked_) decoder_ = ChunkedDecoder(bytes_max);
  }

  // The body as announced; 0 when chunked.
  [[nodiscard]] std::uint64_t content_length() const { return chunked_ ? 0 : content_length_; }
  // Everything of the message has been seen.
  [[nodiscard]] bool message_complete() const { return complete_; }

  struct BodyProgress {
    std::size_t consumed = 0;         // of the bytes given
    std::uint64_t content_bytes = 0;  // of them, content (RFC 9110 6.4)
    int status = 0;                   // to refuse the message with, and nothing after it is read
  };
  // To be called while the message is not complete. Content goes to `sink`, which may be null.
  [[nodiscard]] BodyProgress feed_body(std::span<const std::byte> bytes, BodySink* sink);

 private:
  [[nodiscard]] bool read_framing(const FieldList& fields);
  void feed_chunks(std::string_view bytes, BodySink* sink, BodyProgress& progress);
  void feed_trailers(std::string_view bytes, BodyProgress& progress);
  [[nodiscard]] int check_trailers();

  std::size_t fields_max_ = 0;
  bool complete_ = false;
  bool chunked_ = false;
  bool in_trailers_ = false;
  std::uint64_t content_length_ = 0;  // what is left of it, while the body comes in
  ChunkedDecoder decoder_;
  std::string trailers_;
  HeadScan trailer_scan_;
};

}  // namespace server
