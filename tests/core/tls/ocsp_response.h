// OCSP responses as an authority gives them, in DER. OpenSSL's own types; aborts when something is
// missing.
#pragma once

#include <ctime>
#include <memory>
#include <string>

#include "core/base/invariant.h"
#include "core/tls/openssl_handles.h"
#include "tests/core/tls/issued.h"

namespace test {

inline std::string der_of(OCSP_RESPONSE* response) {
  unsigned char* bytes = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &bytes);
  INVARIANT(size > 0);
  const void* data = bytes;
  std::string der(static_cast<const char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

// About `subject`, which `issuer` issued, good for `seconds` from now.
inline std::string ocsp_response(const Issued& subject, const Issued& issuer, long seconds,
                                 int status = V_OCSP_CERTSTATUS_GOOD) {
  using Time = std::unique_ptr<ASN1_TIME, core::FreedBy<ASN1_TIME_free>>;
  const core::OcspBasicPtr basic(OCSP_BASICRESP_new());
  OCSP_CERTID* id =
      OCSP_cert_to_id(EVP_sha1(), subject.certificate.get(), issuer.certificate.get());
  const std::time_t now = std::time(nullptr);
  const Time begin(ASN1_TIME_set(nullptr, now - 100L * 3600));
  const Time end(ASN1_TIME_set(nullptr, now + seconds));
  const bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
  INVARIANT(OCSP_basic_add1_status(basic.get(), id, status, revoked ? 0 : -1,
                                   revoked ? begin.get() : nullptr, begin.get(),
                                   end.get()) != nullptr);
  OCSP_CERTID_free(id);
  INVARIANT(OCSP_basic_sign(basic.get(), issuer.certificate.get(), issuer.key.get(), EVP_sha256(),
                            nullptr, 0) == 1);
  const core::OcspResponsePtr response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
  return der_of(response.get());
}

inline std::string ocsp_refusal() {
  const core::OcspResponsePtr response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr));
  return der_of(response.get());
}

}  // namespace test
