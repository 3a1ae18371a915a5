#include "core/tls/server_callbacks.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <ctime>
#include <optional>

#include "core/base/invariant.h"
#include "core/tls/connection_state.h"

namespace core {
namespace {

using Parts = TlsServerContext::Parts;

ConnectionState& state_of(SSL* ssl) {
  return *static_cast<ConnectionState*>(SSL_get_app_data(ssl));
}

// A list of one host_name (RFC 6066 3); nullopt when it is something else.
std::optional<std::string_view> parse_server_name(std::string_view extension) {
  constexpr std::size_t kBeforeName = 5;  // size of the list, type, size of the name
  constexpr std::size_t kNameBytesMax = 255;
  const auto number_at = [extension](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(extension[at])) << 8U |
           static_cast<unsigned char>(extension[at + 1]);
  };
  if (extension.size() <= kBeforeName || number_at(0) != extension.size() - 2 ||
      extension[2] != TLSEXT_NAMETYPE_host_name || number_at(3) != extension.size() - kBeforeName) {
    return std::nullopt;
  }
  const auto name = extension.substr(kBeforeName);
  const bool acceptable = name.size() <= kNameBytesMax && name.find('\0') == std::string_view::npos;
  return acceptable ? std::optional(name) : std::nullopt;
}

// Before OpenSSL looks for the session: the entry's session context decides which tickets count.
// The servername callback, which most servers use, comes behind that in TLS 1.2. A second
// ClientHello (after HelloRetryRequest) comes here too.
int on_client_hello(SSL* ssl, int* alert, void* argument) noexcept {
  const auto& parts = *static_cast<const Parts*>(argument);
  auto& state = state_of(ssl);
  state.server_name.clear();  // a second hello may name nobody
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  const bool named = SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size) == 1;
  if (named) {
    const void* data = bytes;
    const auto name = parse_server_name({static_cast<const char*>(data), size});
    if (!name) {
      state.refusal = "malformed server name";
      *alert = SSL_AD_DECODE_ERROR;
      return SSL_CLIENT_HELLO_ERROR;
    }
    state.server_name = canonical_host(*name);
  }
  state.entry = named ? parts.hosts.find(state.server_name) : parts.hosts.default_entry();
  if (!state.entry) {
    state.refusal = named ? "unknown server name" : "no server name";
    *alert = named ? SSL_AD_UNRECOGNIZED_NAME : SSL_AD_MISSING_EXTENSION;
    return SSL_CLIENT_HELLO_ERROR;
  }
  SSL_set_SSL_CTX(ssl, parts.contexts[*state.entry].get());
  // What OpenSSL does not take over from the context of the entry.
  SSL_set_verify(ssl, verify_mode(parts.entries[*state.entry].client_auth), nullptr);
  return SSL_CLIENT_HELLO_SUCCESS;
}

// Acknowledges the name (RFC 6066 3); on_client_hello has used it.
int on_server_name(SSL* ssl, int* /*alert*/, void* /*argument*/) noexcept {
  return state_of(ssl).server_name.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
}

// RFC 7301 3.2: our preference; nothing in common is fatal.
int on_alpn(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* size,
            const unsigned char* offered, unsigned offered_size, void* argument) noexcept {
  const auto& ours = static_cast<const Parts*>(argument)->alpn;
  unsigned char* found = nullptr;
  const void* data = ours.data();
  const int result =
      SSL_select_next_proto(&found, size, static_cast<const unsigned char*>(data),
                            static_cast<unsigned>(ours.size()), offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int on_status_request(SSL* ssl, void* argument) noexcept {
  for (const auto& stapled : *static_cast<const std::vector<Stapled>*>(argument)) {
    if (!speaks_about(stapled, SSL_get_certificate(ssl))) continue;
    if (stapled.expires <= std::time(nullptr)) continue;
    void* copy = OPENSSL_memdup(stapled.der.data(), stapled.der.size());
    if (copy == nullptr) break;
    // The SSL object owns the copy.
    SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy),
                                    static_cast<int>(stapled.der.size()));
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

bool set_hmac_key(EVP_MAC_CTX* hmac, TicketKey& key) {
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.hmac.data(), key.secret_bytes),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  return EVP_MAC_CTX_set_params(hmac, params) == 1;
}

const EVP_CIPHER* cipher_for(const TicketKey& key) {
  return key.secret_bytes == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
}

// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 good, 2 good but to be renewed, 0 unknown, -1 error.
int on_ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                  EVP_MAC_CTX* hmac, int encrypts) noexcept {
  auto& keys = *static_cast<TicketKeys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  TicketKey key;
  if (encrypts != 0) {
    keys.copy_newest(key);
    std::copy(key.name.begin(), key.name.end(), name);
    const bool ready =
        RAND_bytes(iv, EVP_MAX_IV_LENGTH) == 1 &&
        EVP_EncryptInit_ex(cipher, cipher_for(key), nullptr, key.aes.data(), iv) == 1;
    return ready && set_hmac_key(hmac, key) ? 1 : -1;
  }
  const void* data = name;
  const auto found = keys.find({static_cast<const char*>(data), TicketKey::kNameBytes}, key);
  if (found == TicketKeys::Found::kUnknown) return 0;
  if (EVP_DecryptInit_ex(cipher, cipher_for(key), nullptr, key.aes.data(), iv) != 1 ||
      !set_hmac_key(hmac, key)) {
    return -1;
  }
  // In TLS 1.3 a client uses a ticket once (RFC 8446 C.4), so it always needs the next one.
  const bool renews = found == TicketKeys::Found::kOlder || SSL_version(ssl) >= TLS1_3_VERSION;
  return renews ? 2 : 1;
}

}  // namespace

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::kNone:
      return SSL_VERIFY_NONE;
    case ClientAuth::kOptional:
      return SSL_VERIFY_PEER;
    case ClientAuth::kRequired:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

namespace {

// What OpenSSL's macros for it do, without their old casts.
template <typename Function>
void set_callback(SSL_CTX* context, int command, Function* callback) {
  SSL_CTX_callback_ctrl(context, command, reinterpret_cast<void (*)()>(callback));
}

}  // namespace

void install_callbacks(SSL_CTX* context, TlsServerContext::Parts& parts, std::size_t entry) {
  SSL_CTX_set_client_hello_cb(context, on_client_hello, &parts);
  set_callback(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, on_server_name);
  if (!parts.alpn.empty()) SSL_CTX_set_alpn_select_cb(context, on_alpn, &parts);
  if (!parts.stapled[entry].empty()) {
    set_callback(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, on_status_request);
    SSL_CTX_set_tlsext_status_arg(context, &parts.stapled[entry]);
  }
  if (parts.options.ticket_keys != nullptr) {
    INVARIANT(SSL_CTX_set_app_data(context, parts.options.ticket_keys.get()) == 1);
    INVARIANT(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket_key) == 1);
  }
}

}  // namespace core
