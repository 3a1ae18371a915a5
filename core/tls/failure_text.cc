#include "core/tls/failure_text.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace core {
namespace {

struct Reason {
  int number;
  std::string_view text;
};

// OpenSSL words several of these by the function that noticed, not by what the peer did.
constexpr std::array kReasons{
    Reason{SSL_R_HTTP_REQUEST, kPlainHttp},
    Reason{SSL_R_HTTPS_PROXY_REQUEST, kPlainHttp},
    Reason{SSL_R_WRONG_VERSION_NUMBER, kNotTls},
    Reason{SSL_R_UNSUPPORTED_PROTOCOL, "no shared version"},
    Reason{SSL_R_VERSION_TOO_LOW, "no shared version"},
    Reason{SSL_R_VERSION_TOO_HIGH, "no shared version"},
    Reason{SSL_R_UNKNOWN_PROTOCOL, "no shared version"},
    Reason{SSL_R_WRONG_SSL_VERSION, "no shared version"},
    Reason{SSL_R_NO_SHARED_CIPHER, "no shared cipher"},
    Reason{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "no shared signature algorithm"},
    Reason{SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, "no shared signature algorithm"},
    Reason{SSL_R_NO_SUITABLE_KEY_SHARE, "no shared group"},
    Reason{SSL_R_NO_SUITABLE_GROUPS, "no shared group"},
    Reason{SSL_R_NO_APPLICATION_PROTOCOL, "no shared application protocol"},
    Reason{SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "no client certificate"},
    Reason{SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "damaged record"},
    Reason{SSL_R_RENEGOTIATION_MISMATCH, "renegotiation"},
};

}  // namespace

std::string failure_text(unsigned long error, const SSL* ssl) {
  if (error == 0) return "unknown";
  const int reason = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      return std::string("certificate refused: ") +
             X509_verify_cert_error_string(SSL_get_verify_result(ssl));
    }
    if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255) {
      const char* alert = SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET);
      return std::string(alert) + " alert from the peer";
    }
    const auto* known = std::ranges::find(kReasons, reason, &Reason::number);
    if (known != kReasons.end()) return std::string(known->text);
  }
  const char* text = ERR_reason_error_string(error);
  return text == nullptr ? "unknown" : text;
}

}  // namespace core
