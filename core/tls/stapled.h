// A stapled OCSP response (RFC 6066 8): the authority's word that a certificate is not revoked,
// sent along with it. Only for the sources of core/tls; immutable, any thread.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/tls/openssl_handles.h"

namespace core {

// Responses have 500 bytes to 5 KiB. In TLS 1.3 one is an extension, which has a size of 16 bits
// (RFC 8446 4.2): with a larger one every handshake that asks for it would fail.
inline constexpr std::size_t kStapledBytesMax = std::size_t{16} * 1024;

struct Stapled {
  std::string der;
  std::string serial;       // of the certificate it speaks about, in DER
  std::string issuer;       // the digest of its issuer's name: small authorities count from 1
  int issuer_digest = 0;    // by which it was made
  std::time_t expires = 0;  // after that it is not sent: clients take it for an attack
};

// Reads a response in DER about one certificate. Neither is it verified, that is the client's
// business, nor need it be current.
[[nodiscard]] Result<Stapled, std::string> read_stapled(std::string_view der);

[[nodiscard]] bool speaks_about(const Stapled& stapled, const X509* certificate);

}  // namespace core
