// Target: what one URL of the command line names. Only http and https, and only hosts that
// need no look-up.
// Values; any thread.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/io/socket.h"

namespace loadtest {

struct Target {
  core::SocketAddress address;
  bool secure = false;     // https
  std::string host;        // "127.0.0.1", for TLS
  std::string authority;   // "127.0.0.1:8080", as Host has it
  std::string path = "/";  // with the query
};

// "http://127.0.0.1:8080/a?b", "http://[::1]/", "http://localhost:8080"; localhost is 127.0.0.1.
[[nodiscard]] core::Result<Target> parse_target(const std::string& url);
[[nodiscard]] bool is_loopback(const core::SocketAddress& address);

}  // namespace loadtest
