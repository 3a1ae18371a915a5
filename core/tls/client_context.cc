#include "core/tls/client_context.h"

#include "core/base/invariant.h"
#include "core/tls/connection_state.h"
#include "core/tls/error_queue.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/protocol_settings.h"

namespace core {
namespace {

using Mistake = std::optional<std::string>;

// A client measures servers of every age: RSA 1024 and SHA-1 are the server's shame.
constexpr int kSecurityLevel = 1;

int number_of(TlsVersion version) {
  return version == TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

// Returns 1: the session is ours now.
int on_new_session(SSL* ssl, SSL_SESSION* session) noexcept {
  auto* state = static_cast<ConnectionState*>(SSL_get_app_data(ssl));
  state->session = std::make_shared<const TlsSession>(session);
  return 1;
}

Mistake offer_alpn(SSL_CTX* context, const std::vector<std::string>& names) {
  const auto wire = alpn_on_the_wire(names);
  if (!wire) return wire.error();
  if (wire->empty()) return std::nullopt;
  const void* data = wire->data();
  INVARIANT(SSL_CTX_set_alpn_protos(context, static_cast<const unsigned char*>(data),
                                    static_cast<unsigned>(wire->size())) == 0);
  return std::nullopt;
}

Mistake set_lists(SSL_CTX* context, const TlsClientOptions& options) {
  if (!options.signature_algorithms.empty() &&
      SSL_CTX_set1_sigalgs_list(context, options.signature_algorithms.c_str()) != 1) {
    return openssl_error("signature algorithms " + options.signature_algorithms);
  }
  if (!options.suites_12.empty() &&
      SSL_CTX_set_cipher_list(context, options.suites_12.c_str()) != 1) {
    return openssl_error("cipher suites " + options.suites_12);
  }
  if (!options.groups.empty() && SSL_CTX_set1_groups_list(context, options.groups.c_str()) != 1) {
    return openssl_error("groups " + options.groups);
  }
  return std::nullopt;
}

Mistake use_trust(SSL_CTX* context, const std::string& ca) {
  if (ca.empty()) return std::nullopt;
  if (const auto read = trust(context, ca); !read) return "the ca file " + read.error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return std::nullopt;
}

void keep_sessions(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_new_session);
}

}  // namespace

TlsSession::~TlsSession() { SSL_SESSION_free(session_); }

TlsClientContext::~TlsClientContext() { SSL_CTX_free(context_); }

TlsClientContext::Built TlsClientContext::build(const TlsClientOptions& options) {
  const CleanErrorQueue clean;
  SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return unexpected(openssl_error("cannot begin"));
  set_protocol(context.get(), options.min_version);
  INVARIANT(SSL_CTX_set_max_proto_version(context.get(), number_of(options.max_version)) == 1);
  SSL_CTX_set_security_level(context.get(), kSecurityLevel);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (options.keep_sessions) keep_sessions(context.get());
  for (const auto& mistake :
       {use_trust(context.get(), options.ca), offer_alpn(context.get(), options.alpn),
        set_lists(context.get(), options)}) {
    if (mistake) return unexpected(*mistake);
  }
  if (options.identity != nullptr && !use_identity(context.get(), *options.identity)) {
    return unexpected(openssl_error("cannot use the client certificate"));
  }
  return std::shared_ptr<const TlsClientContext>(
      new TlsClientContext(context.release(), !options.ca.empty()));
}

}  // namespace core
