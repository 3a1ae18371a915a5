// ListenerPolicy: whom a listener believes about who the client is. Plain values, constant once
// built; any thread.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/base/address_block.h"

namespace server {

// Peers by their address; nullopt is the peer of a Unix socket, which has none.
struct PeerList {
  std::vector<core::AddressBlock> blocks;
  bool unix_sockets = false;

  [[nodiscard]] bool empty() const { return blocks.empty() && !unix_sockets; }
  [[nodiscard]] bool contains(const std::optional<core::IpAddress>& peer) const {
    if (!peer) return unix_sockets;
    return std::any_of(blocks.begin(), blocks.end(),
                       [&peer](const core::AddressBlock& block) { return block.contains(*peer); });
  }
};

struct ListenerPolicy {
  // Who must begin with a PROXY header; if there are any, nobody else is served.
  PeerList proxy_protocol;
  // Whose field is believed. With a PROXY header it is the address in it that is looked up here.
  PeerList trusted_proxies;
  std::string client_ip_header = "X-Forwarded-For";

  [[nodiscard]] bool empty() const { return proxy_protocol.empty() && trusted_proxies.empty(); }
};

}  // namespace server
