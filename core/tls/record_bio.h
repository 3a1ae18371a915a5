// The BIO between OpenSSL and a ConnectionState: reads straight from the received bytes, writes
// straight to the sink, owns no memory. Only for the sources of core/tls.
#pragma once

#include "core/tls/connection_state.h"
#include "core/tls/openssl_handles.h"

namespace core {

// Lets `ssl` read and write through `state`, which must outlive it, and makes `state` its
// application data.
void connect_bio(SSL* ssl, ConnectionState& state);

}  // namespace core
