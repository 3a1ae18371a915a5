// A second reader of requests, written after RFC 9112's grammar with nothing of the server's in it:
// slow, simple, and stricter than any server in the field. It sees the whole stream at once. A
// request that the server sees and this one does not is a request that was smuggled. Pure.
#pragma once

#include <string>
#include <string_view>

#include "server/http/http1_session.h"

namespace http_test {

// The targets of the complete requests at the front of `stream`, up to the first thing that is
// wrong or not all there: "/a /b".
[[nodiscard]] std::string strict_targets(std::string_view stream, const server::HttpLimits& limits);

}  // namespace http_test
