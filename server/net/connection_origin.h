// ConnectionOrigin: who is at the other end of a connection, on a listener whose policy lets others
// than the peer say so: by a PROXY header before the first byte, by a field of each request.
// Connections of other listeners have none. Loop thread only; owned by its connection.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/clock.h"
#include "core/io/socket.h"
#include "server/http/field.h"
#include "server/net/listener_policy.h"
#include "server/net/proxy_header.h"

namespace server {

class ConnectionOrigin {
 public:
  // The policy outlives this. Where it asks for a PROXY header, the peer is one who must send it,
  // until `deadline`.
  ConnectionOrigin(const ListenerPolicy& policy, const core::SocketAddress& peer,
                   core::TimePoint deadline);

  [[nodiscard]] bool awaits_header() const { return header_ != nullptr; }
  // The header has begun and is not whole.
  [[nodiscard]] bool cut_off() const { return awaits_header() && header_->begun(); }
  [[nodiscard]] core::TimePoint deadline() const { return deadline_; }
  // While it awaits the header: returns how many bytes were of it, nothing when they are none.
  [[nodiscard]] std::optional<std::size_t> receive(std::span<const std::byte> bytes);

  // Whether the peer is a client itself, as far as is known when it connects.
  [[nodiscard]] bool peer_counts() const {
    return !awaits_header() && !policy_.trusted_proxies.contains(client_address_);
  }
  // Whom the connection counts for when the header is whole; nothing for one that the balancer
  // makes for itself, or for a proxy that is trusted.
  [[nodiscard]] std::optional<core::IpAddress> counted_address() const;

  [[nodiscard]] const std::string& peer() const { return peer_; }
  // Of one request.
  [[nodiscard]] std::string client_of(const FieldList& fields) const;
  // The same as what counts as one client; all 0 for one without an address.
  [[nodiscard]] core::IpAddress network_of(const FieldList& fields) const;

 private:
  [[nodiscard]] std::optional<core::IpAddress> address_of(const FieldList& fields) const;

  const ListenerPolicy& policy_;
  const std::string peer_;
  const core::TimePoint deadline_;
  std::unique_ptr<ProxyHeader> header_;  // while it is awaited
  bool proxied_ = false;                 // the header named another than the peer
  std::optional<core::IpAddress> client_address_;
  std::string client_;  // the same as text
};

}  // namespace server
