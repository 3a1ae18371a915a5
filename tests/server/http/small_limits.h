// Limits that requests of a few hundred bytes reach. A value; any thread.
#pragma once

#include <chrono>

#include "server/http/http1_session.h"

namespace http_test {

// 1024 bytes of head, 12 fields, 64 bytes of body.
[[nodiscard]] inline server::HttpLimits small_limits() {
  using std::chrono::seconds;
  server::HttpLimits limits;
  limits.header_timeout = seconds(10);
  limits.body_timeout = seconds(20);
  limits.keepalive_timeout = seconds(75);
  limits.header_bytes_max = 1024;
  limits.header_fields_max = 12;
  limits.body_bytes_max = 64;
  return limits;
}

}  // namespace http_test
