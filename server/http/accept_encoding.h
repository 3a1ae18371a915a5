// Which content coding an answer gets (RFC 9110 12.5.3). A pure function, any thread, no
// allocation. What a client wrote wrongly is skipped element by element: then it has not asked for
// that coding.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace server {

inline constexpr std::string_view kIdentityCoding = "identity";

// The one of `available` to send: codings in lower case, the server's favourite first,
// kIdentityCoding among them where the representation exists without coding. `field` is the value
// of Accept-Encoding, several lines joined with a comma; nullopt when absent. nullopt: there is
// nothing the client would take, 406 (or 15.5.7: anything all the same).
//
// The highest weight wins, then the server's order. Without a field, every coding is acceptable; we
// send none that nobody asked for as long as there is identity. RFC 9110 gives identity no weight
// when neither it nor "*" is named, but calls it acceptable: it comes behind every coding that the
// client took the trouble to name.
[[nodiscard]] std::optional<std::string_view> choose_coding(
    std::optional<std::string_view> field, std::span<const std::string_view> available);

}  // namespace server
