// A stapled OCSP response (RFC 6066 8): the authority's word that a certificate is not revoked,
// sent along with it. Only for the sources of core/tls; immutable, any thread.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/tls/openssl_handles.h"

namespace core {

struct Stapled {
  std::string der;
  std::string serial;       // of the certificate it speaks about, in DER
  std::time_t expires = 0;  // after that it is not sent: clients take it for an attack
};

// Reads a response in DER about one certificate. Neither is it verified, that is the client's
// business, nor need it be current.
[[nodiscard]] Result<Stapled, std::string> read_stapled(std::string_view der);

[[nodiscard]] bool speaks_about(const Stapled& stapled, const X509* certificate);

}  // namespace core
