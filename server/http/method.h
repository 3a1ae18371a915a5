// Request methods. Pure functions, any thread. A method we do not know is a value, kUnknown:
// whoever dispatches answers 501, and what the client wrote stays in the request line.
#pragma once

#include <string_view>

namespace server {

// RFC 9110 9.3, and PATCH of RFC 5789.
enum class Method {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kConnect,
  kOptions,
  kTrace,
  kPatch,
  kUnknown
};

// RFC 9110 9.1: the token is case-sensitive, "get" is kUnknown.
[[nodiscard]] Method parse_method(std::string_view token);

// "GET"; "UNKNOWN" for kUnknown.
[[nodiscard]] std::string_view to_string(Method method);

}  // namespace server
