// What makes a well-formed head a request we may act on: RFC 9112's rules that a parser does not
// check. Whatever is refused here ends the connection, for its framing cannot be trusted. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/http/exchange.h"

namespace server {

// Before the parser: the request line, without its CRLF. Fills method, method_text, target_text and
// minor_version. 0, or the status to refuse with.
[[nodiscard]] int read_request_line(std::string_view line, Request& request);

// After the parser: framing fields, Host, target and path. `path_storage` receives the path, which
// `request.path` then points into; it must live as long as the request. 0, or the status.
[[nodiscard]] int check_request(Request& request, std::string& path_storage);

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
