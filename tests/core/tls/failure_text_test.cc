// Goal: a failure has few and stable words. Method: a table of OpenSSL's errors; what peers provoke
// is in tls_filter_refusals_test.cc.

#include "core/tls/failure_text.h"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <string_view>

TEST_CASE("words of failures") {
  const core::SslContextPtr context(SSL_CTX_new(TLS_method()));
  const core::SslPtr ssl(SSL_new(context.get()));
  SSL_set_verify_result(ssl.get(), X509_V_ERR_CERT_HAS_EXPIRED);
  struct Row {
    int library;
    int reason;
    std::string_view text;
  };
  const Row rows[] = {
      {ERR_LIB_SSL, SSL_R_HTTP_REQUEST, "plain HTTP"},
      {ERR_LIB_SSL, SSL_R_HTTPS_PROXY_REQUEST, "plain HTTP"},
      {ERR_LIB_SSL, SSL_R_WRONG_VERSION_NUMBER, "not TLS"},
      {ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL, "no shared version"},
      {ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, "no shared cipher"},
      {ERR_LIB_SSL, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "damaged record"},
      {ERR_LIB_SSL, SSL_R_CERTIFICATE_VERIFY_FAILED,
       "certificate refused: certificate has expired"},
      {ERR_LIB_SSL, SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_CA, "unknown CA alert from the peer"},
      {ERR_LIB_SSL, SSL_R_BAD_LENGTH, "bad length"},
      {ERR_LIB_PEM, PEM_R_NO_START_LINE, "no start line"},
      // The same number means something else in another library.
      {ERR_LIB_PEM, SSL_R_NO_SHARED_CIPHER, "unknown"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.reason);
    const auto error = ERR_PACK(row.library, 0, row.reason);
    CHECK(core::failure_text(error, ssl.get()) == row.text);
  }
  CHECK(core::failure_text(0, ssl.get()) == "unknown");
}
