// Http1Parser: the one adapter of llhttp: the head of one request as views, then its body's
// framing. It belongs to one message and is reset for the next. What llhttp 8.1 lets through is
// refused before it (head_scan.h, the request line here) or after it (request_rules.h). Loop thread
// only, no allocation once warm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/http/exchange.h"
#include "server/http/head_scan.h"

namespace server {

class Http1Parser {
 public:
  Http1Parser();
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;
  ~Http1Parser() = default;

  // Parses a complete head that scan_head() has passed, from its start line to its empty line.
  // Fills the method, target text, version and fields of `request` with views into `head`, which
  // must not move before the message ends. 0, or the status to refuse it with.
  [[nodiscard]] int parse_head(std::string_view head, std::size_t fields_max, Request& request);

  // --- After the head.

  // The body as announced; 0 when chunked.
  [[nodiscard]] std::uint64_t content_length() const;
  // Everything of the message has been seen.
  [[nodiscard]] bool message_complete() const { return complete_; }

  struct BodyProgress {
    std::size_t consumed = 0;         // of the bytes given
    std::uint64_t content_bytes = 0;  // of them, content (RFC 9110 6.4)
    bool bad = false;                 // framing is broken: 400, and nothing after it is read
  };
  // To be called while the message is not complete.
  [[nodiscard]] BodyProgress feed_body(std::span<const std::byte> bytes);

 private:
  struct Llhttp;  // the parser's state and our callbacks, in http1_parser.cc
  friend struct Llhttp;

  void reset();
  [[nodiscard]] bool execute(std::string_view bytes, std::size_t& consumed);
  void feed_content(std::string_view bytes, BodyProgress& progress);
  [[nodiscard]] BodyProgress feed_trailers(std::string_view bytes);
  [[nodiscard]] bool trailers_allowed();

  // llhttp's own struct: its header stays out of ours. Checked by a static_assert in the adapter.
  static constexpr std::size_t kStateBytes = 128;
  alignas(8) std::array<std::byte, kStateBytes> state_;

  Request* request_ = nullptr;  // while the head is parsed
  std::size_t fields_max_ = 0;
  std::string_view field_name_;
  FieldList* trailer_fields_ = nullptr;  // while a trailer section is parsed
  bool too_many_fields_ = false;
  bool headers_complete_ = false;
  bool complete_ = false;
  bool at_chunk_header_ = false;
  bool in_trailers_ = false;
  std::uint64_t content_bytes_ = 0;        // of the call that is running
  std::uint64_t extension_bytes_ = 0;      // of the whole body
  std::uint64_t chunk_framing_bytes_ = 0;  // since the end of the last chunk's header
  std::string trailers_;
  HeadScan trailer_scan_;
};

}  // namespace server
