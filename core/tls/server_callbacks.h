// What OpenSSL asks a TlsServerContext during a handshake, on a worker: which entry, which
// protocol, which ticket key, which stapled response. Only for the sources of core/tls.
#pragma once

#include <string>
#include <vector>

#include "core/tls/host_table.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/server_context.h"
#include "core/tls/stapled.h"

namespace core {

// Constant once built. It does not move: the callbacks point to it.
struct TlsServerContext::Parts {
  std::vector<TlsEntry> entries;
  TlsServerOptions options;
  HostTable hosts;
  std::string alpn;                           // as on the wire: each name after its length
  std::vector<std::vector<Stapled>> stapled;  // per entry
  std::vector<SslContextPtr> contexts;        // per entry
};

// Lets the context of `entry` answer with `parts`, which must outlive it.
void install_callbacks(SSL_CTX* context, TlsServerContext::Parts& parts, std::size_t entry);

[[nodiscard]] int verify_mode(ClientAuth auth);

}  // namespace core
