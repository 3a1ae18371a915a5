// ConnectionFacts: what the engines are told of the connection beneath them. Plain values; they
// belong to whoever drives the session, and outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/address_block.h"

namespace server {

class FieldList;

// Of a connection with TLS, once the handshake is through.
struct TlsFacts {
  // Whose certificate the client has seen. A request for another site is answered 421 (RFC 9110
  // 7.4): its own may ask for a client certificate, and this client has shown none to it.
  std::optional<std::size_t> site;
  std::string_view version{};  // "TLSv1.3"
  std::string client_subject;  // RFC 2253; empty: no certificate was shown
};

// Who the client of a request is: the peer, or whom trusted proxies name in its fields.
class ClientSource {
 public:
  ClientSource() = default;
  ClientSource(const ClientSource&) = delete;
  ClientSource& operator=(const ClientSource&) = delete;
  virtual ~ClientSource() = default;
  // What counts as one client (SocketAddress::client_network()); all 0 for one without an address.
  // Loop thread.
  [[nodiscard]] virtual core::IpAddress network_of(const FieldList& fields) const = 0;
};

struct ConnectionFacts {
  std::uint32_t listener = 0;             // index of the one that it came in on
  const TlsFacts* tls = nullptr;          // null: in the clear
  const ClientSource* clients = nullptr;  // null: nobody knows

  [[nodiscard]] core::IpAddress network_of(const FieldList& fields) const {
    return clients == nullptr ? core::IpAddress{} : clients->network_of(fields);
  }

  [[nodiscard]] std::string_view scheme() const { return tls != nullptr ? "https" : "http"; }
};

// Of a connection that nobody knows more about.
inline constexpr ConnectionFacts kPlainConnection{};

}  // namespace server
