// Listen addresses as text: ":8080", "127.0.0.1:80", "[::1]:80",
// "unix:/run/ouro.sock". Any thread; pure function. Names
// are not resolved: a server that waits for DNS before it can listen does not start without a
// network.
#pragma once

#include <string_view>

#include "config/config.h"
#include "config/values.h"
#include "core/base/result.h"

namespace config {

// A relative path of a socket stays as it is: whoever knows the file resolves it. The result's host
// is in canonical form (RFC 5952 for IPv6), its place is empty. Port 0 is any free port.
[[nodiscard]] core::Result<ListenAddress, ValueError> parse_listen_address(std::string_view text);

}  // namespace config
