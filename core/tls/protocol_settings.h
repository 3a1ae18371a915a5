// How we speak TLS: versions, suites, groups, modes. Only for the sources of core/tls; the SSL_CTX
// is being built, so it belongs to the calling thread. A refusal means that the library was built
// without what every TLS server needs, and is an INVARIANT.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tls/identity.h"
#include "core/tls/openssl_handles.h"

namespace core {

enum class TlsVersion;

// What both sides share: no compression, no renegotiation, buffers that go when they are empty.
void set_protocol(SSL_CTX* context, TlsVersion min_version);

// Suites, groups and their order for a server.
void set_server_preferences(SSL_CTX* context);

// False: the reason is in the error queue.
[[nodiscard]] bool use_identity(SSL_CTX* context, const TlsIdentity& identity);

// Certificates of `pem` become trust anchors, roots or not; the result is what was read.
[[nodiscard]] Result<std::vector<CertificatePtr>, std::string> trust(SSL_CTX* context,
                                                                     std::string_view pem);

// Each name after a byte with its length (RFC 7301 3.1).
[[nodiscard]] Result<std::string, std::string> alpn_on_the_wire(
    const std::vector<std::string>& names);

}  // namespace core
