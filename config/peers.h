// Peers of a connection as text: "10.0.0.0/8", "2001:db8::/32", "127.0.0.1", or "unix:" for whoever
// comes through a Unix socket. Any thread; pure function.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/values.h"

namespace config {

// Adds what `text` names to `peers`; else what is wrong with it. Bits behind the prefix must be 0:
// "10.1.0.0/8" is more likely a slip than a wish.
[[nodiscard]] std::optional<ValueError> add_peers(std::string_view text, PeerList& peers);

}  // namespace config
