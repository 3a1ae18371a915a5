#include "server/net/connection_origin.h"

#include "core/base/invariant.h"
#include "server/net/forwarded_client.h"

namespace server {

ConnectionOrigin::ConnectionOrigin(const ListenerPolicy& policy, const core::SocketAddress& peer,
                                   core::TimePoint deadline)
    : policy_(policy),
      peer_(peer.host()),
      deadline_(deadline),
      client_address_(peer.ip()),
      client_(peer_) {
  if (policy.proxy_protocol.empty()) return;
  INVARIANT(policy.proxy_protocol.contains(client_address_));
  header_ = std::make_unique<ProxyHeader>();
}

std::optional<std::size_t> ConnectionOrigin::receive(std::span<const std::byte> bytes) {
  INVARIANT(awaits_header());
  const std::size_t taken = header_->receive(bytes);
  if (header_->state() == ProxyHeader::State::kBad) return std::nullopt;
  if (header_->state() == ProxyHeader::State::kIncomplete) return taken;
  if (const auto& source = header_->source()) {
    proxied_ = true;
    client_address_ = source->address;
    client_ = core::SocketAddress::of_ip(source->address, source->port).host();
  }
  header_.reset();
  return taken;
}

std::optional<core::IpAddress> ConnectionOrigin::counted_address() const {
  INVARIANT(!awaits_header());
  if (!proxied_ || policy_.trusted_proxies.contains(client_address_)) return std::nullopt;
  return client_address_;
}

std::optional<core::IpAddress> ConnectionOrigin::address_of(const FieldList& fields) const {
  return forwarded_client(client_address_, policy_.trusted_proxies, fields,
                          policy_.client_ip_header);
}

std::string ConnectionOrigin::client_of(const FieldList& fields) const {
  const auto client = address_of(fields);
  if (!client || client == client_address_) return client_;
  return core::SocketAddress::of_ip(*client, 0).host();
}

core::IpAddress ConnectionOrigin::network_of(const FieldList& fields) const {
  const auto client = address_of(fields);
  return client ? core::SocketAddress::of_ip(*client, 0).client_network() : core::IpAddress{};
}

}  // namespace server
