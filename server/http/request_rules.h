// What makes a well-formed head a request we may act on: RFC 9112's rules that a parser does not
// check. Whatever is refused here ends the connection, for its framing cannot be trusted. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/exchange.h"

namespace server {

// Before the parser: the request line, without its CRLF. Fills method, method_text, target_text and
// minor_version. 0, or the status to refuse with.
[[nodiscard]] int read_request_line(std::string_view line, Request& request);

// What one request after another is checked with.
struct RequestStorage {
  std::string path;  // what `request.path` points into when it had to be decoded
  // The last Host field that was good, and how much of it is the host: most requests have the same.
  std::string host_field;
  std::size_t host_size = 0;

  static constexpr std::size_t kHostBytesMax = 255;  // RFC 1035 2.3.4; of what is remembered
};

// After the parser: framing fields, Host, target and path. `storage` lives as long as the request.
// 0, or the status.
[[nodiscard]] int check_request(Request& request, RequestStorage& storage);

// RFC 9110 10.1.1
enum class Expectation : std::uint8_t {
  kNone,
  kContinue,  // "100-continue": the client waits before it sends the body
  kUnknown    // anything else: 417
};
[[nodiscard]] Expectation expectation_of(const Request& request);

// RFC 9112 9.3: what the client asks for.
[[nodiscard]] bool wants_keep_alive(const Request& request);

}  // namespace server
