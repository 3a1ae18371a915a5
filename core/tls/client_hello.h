// A look at a ClientHello before OpenSSL gets it, to tell a cheap handshake from a dear one: a
// resumption costs a tenth of a full handshake. Pure functions on untrusted bytes, any thread; no
// verdict: OpenSSL judges the message.
#pragma once

#include <cstddef>
#include <span>

namespace core {

struct ClientHelloGlance {
  // More bytes would change nothing: the message is all there, or it is no ClientHello.
  bool complete = false;
  // It carries pre_shared_key (RFC 8446 4.2.11) or a ticket (RFC 5077 3.2).
  bool resumption = false;
};

// `client_hello`: the first bytes a client sent, records included (RFC 8446 5.1), as many as there
// are; the message may be spread over several records.
[[nodiscard]] ClientHelloGlance glance_at_client_hello(std::span<const std::byte> client_hello);

[[nodiscard]] bool resumption_offered(std::span<const std::byte> client_hello);
[[nodiscard]] bool client_hello_complete(std::span<const std::byte> client_hello);

}  // namespace core
