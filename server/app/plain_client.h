// One question to a server over a plain connection, for commands that ask one that runs. Blocks, up
// to a limit. Everything that can fail is a sentence for the one who asked.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/io/socket.h"

namespace server {

// Connects, sends `request`, and returns the first `bytes_max` bytes of what comes back; fewer when
// the server ends the connection before.
[[nodiscard]] core::Result<std::string> ask_server(const core::SocketAddress& address,
                                                   std::string_view request, std::size_t bytes_max,
                                                   core::TimePoint until);

}  // namespace server
