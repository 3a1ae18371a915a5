// ResponseParser: HTTP/1.1 responses out of a stream of bytes, cut anywhere. Written for this
// generator alone and sharing nothing with the server, so that no mistake can sit at both ends.
// Bodies have a Content-Length; chunked ones are refused. One thread; a bad response is a state,
// behind which nothing can be read any more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "loadtest/mishap.h"

namespace loadtest {

class ResponseParser {
 public:
  static constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;

  enum class State : std::uint8_t { kHead, kBody, kComplete, kBad };

  // `to_head`: the requests are HEAD, so no answer has a body. `digests`: bodies are digested.
  ResponseParser(bool to_head, bool digests);

  // Takes bytes up to the end of the response and returns how many: all, unless the response is
  // complete or bad. The first call after a complete response begins the next one.
  [[nodiscard]] std::size_t feed(std::string_view bytes);
  // So many bytes of the body, at most body_left(), came and were thrown away unseen.
  void skip_body(std::uint64_t size);
  // Forgets everything, for another connection.
  void reset();

  [[nodiscard]] State state() const { return state_; }
  // Nothing of a response has been seen yet.
  [[nodiscard]] bool untouched() const {
    return state_ == State::kComplete || (state_ == State::kHead && head_.empty());
  }
  // Of the response that is complete or whose body is being read.
  [[nodiscard]] int status() const { return fields_.status; }
  [[nodiscard]] std::uint64_t content_length() const { return fields_.length.value_or(0); }
  [[nodiscard]] std::uint64_t body_left() const { return body_left_; }
  // FNV-1a, 64 bits.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }
  // The server ends the connection after this response.
  [[nodiscard]] bool closes() const { return fields_.closes; }
  // Head and body.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // For people: what of the head has been seen.
  [[nodiscard]] std::string_view head() const { return head_; }
  // Of a bad response.
  [[nodiscard]] Mishap mishap() const { return mishap_; }
  [[nodiscard]] std::string_view reason() const { return reason_; }

 private:
  // What a head says.
  struct Fields {
    int status = 0;
    std::optional<std::uint64_t> length;
    bool closes = false;
  };

  void begin();
  [[nodiscard]] std::size_t feed_head(std::string_view bytes);
  [[nodiscard]] std::size_t feed_body(std::string_view bytes);
  void read_head();
  [[nodiscard]] bool read_status_line(std::string_view line);
  [[nodiscard]] bool read_field(std::string_view line);
  [[nodiscard]] bool read_length(std::string_view value);
  void end_head();
  bool refuse(Mishap mishap, std::string_view reason);

  const bool to_head_;
  const bool digests_;
  State state_ = State::kHead;
  std::string head_;
  Fields fields_;
  // Most heads are the one before again, until its Date changes: what that said need not be read.
  std::string known_head_;
  Fields known_fields_;
  std::uint64_t body_left_ = 0;
  std::uint64_t digest_ = 0;
  std::uint64_t bytes_ = 0;
  Mishap mishap_ = Mishap::kStatus;
  std::string_view reason_;
};

[[nodiscard]] std::uint64_t fnv1a(std::string_view bytes);

}  // namespace loadtest
