// Who the client of a request is when it came through proxies that say so in a field. The list of
// addresses in it grows to the right, and anybody can have written its left part: so it is read
// from the right, and only as far as those who wrote are trusted. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/address_block.h"
#include "server/http/field.h"
#include "server/net/listener_policy.h"

namespace server {

// A request comes through fewer proxies than this; what is further left is not read.
inline constexpr std::size_t kForwardedElementsMax = 32;

// `peer` is who sent the request, nullopt for the peer of a Unix socket. Returns `peer` itself when
// it is not trusted or the field says nothing of use.
//
// "X-Forwarded-For" is a list of addresses, "Forwarded" that of RFC 7239; several lines of either
// are one list (RFC 9110 5.3). Any other field is one address, and no list: twice is not at all.
// In a list the first address from the right that is not trusted is the client. An element that is
// no address ends the walk, and so does the list's beginning: the last address before it counts.
[[nodiscard]] std::optional<core::IpAddress> forwarded_client(
    const std::optional<core::IpAddress>& peer, const PeerList& trusted, const FieldList& fields,
    std::string_view field_name);

}  // namespace server
