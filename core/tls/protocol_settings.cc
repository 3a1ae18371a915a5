#include "core/tls/protocol_settings.h"

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"
#include "core/tls/pem.h"
#include "core/tls/server_context.h"

namespace core {
namespace {

// RFC 7540 9.2.2 forbids the rest for HTTP/2 anyway: forward secrecy and AEAD.
constexpr const char* kSuites12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// OpenSSL has AES-256 first, and with it SHA-384, which no instruction helps: this saves 10 us of a
// handshake (of 130 with P-256, 330 with RSA-2048) and 5 % of the bytes' cost. X25519 is no
// stronger.
constexpr const char* kSuites13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

// ML-KEM is in OpenSSL 3.5 and later; the hybrid is worth nothing less than X25519 alone.
constexpr const char* kGroupsWithMlKem = "X25519MLKEM768:X25519:P-256:P-384";
constexpr const char* kGroups = "X25519:P-256:P-384";

// 2: keys of 112 bits of security (RSA 2048), no SHA-1 in certificates.
constexpr int kSecurityLevel = 2;

}  // namespace

void set_protocol(SSL_CTX* context, TlsVersion min_version) {
  const int version = min_version == TlsVersion::k13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  INVARIANT(SSL_CTX_set_min_proto_version(context, version) == 1);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  // Else one read goes on and on as long as there are records without plaintext.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(context, 0);  // else bytes behind the handshake would be lost for unread()
}

void set_server_preferences(SSL_CTX* context) {
  const CleanErrorQueue clean;
  // A client that puts ChaCha20 first has no AES in hardware.
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_security_level(context, kSecurityLevel);
  INVARIANT(SSL_CTX_set_cipher_list(context, kSuites12) == 1);
  INVARIANT(SSL_CTX_set_ciphersuites(context, kSuites13) == 1);
  if (SSL_CTX_set1_groups_list(context, kGroupsWithMlKem) != 1) {
    INVARIANT(SSL_CTX_set1_groups_list(context, kGroups) == 1);
  }
  INVARIANT(SSL_CTX_set_max_early_data(context, 0) == 1);
}

bool use_identity(SSL_CTX* context, const TlsIdentity& identity) {
  // The chain is copied and every certificate gains a reference.
  return SSL_CTX_use_cert_and_key(context, identity.certificate(), identity.key(),
                                  identity.issuers(), 1) == 1;
}

Result<std::vector<CertificatePtr>, std::string> trust(SSL_CTX* context, std::string_view pem) {
  auto certificates = read_certificates(pem);
  if (!certificates) return certificates;
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  for (const auto& certificate : *certificates) {
    INVARIANT(X509_STORE_add_cert(store, certificate.get()) == 1);
  }
  // Whom the operator names is trusted, even when somebody else issued it.
  INVARIANT(X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1);
  return certificates;
}

Result<std::string, std::string> alpn_on_the_wire(const std::vector<std::string>& names) {
  std::string wire;
  for (const auto& name : names) {
    if (name.empty() || name.size() > 255) {
      return unexpected<std::string>("a name for ALPN has 1 to 255 bytes");
    }
    wire += static_cast<char>(static_cast<unsigned char>(name.size()));
    wire += name;
  }
  return wire;
}

}  // namespace core
