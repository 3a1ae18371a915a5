// base64 (RFC 4648 4), strict: padded, no other characters, the unused bits 0, so that each text
// has one form. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace server {

// Allocates once, so that no copy of a secret is left behind by growth. nullopt: not base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace server
