#include "core/tls/stapled.h"

#include <array>
#include <limits>

#include "core/tls/error_queue.h"

namespace core {
namespace {

std::string der_of(const ASN1_INTEGER* serial) {
  unsigned char* bytes = nullptr;
  const int size = i2d_ASN1_INTEGER(serial, &bytes);
  if (size <= 0) return "";
  const void* data = bytes;
  std::string der(static_cast<const char*>(data), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::time_t time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (time == nullptr) return std::numeric_limits<std::time_t>::max();
  return ASN1_TIME_to_tm(time, &fields) == 1 ? ::timegm(&fields) : 0;
}

}  // namespace

Result<Stapled, std::string> read_stapled(std::string_view der) {
  const CleanErrorQueue clean;
  if (der.size() > kStapledBytesMax) return unexpected<std::string>("is larger than 16 KiB");
  const void* data = der.data();
  const auto* bytes = static_cast<const unsigned char*>(data);
  const auto* const end = bytes + der.size();
  const OcspResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
  if (response == nullptr || bytes != end)
    return unexpected<std::string>("is no OCSP response in DER");
  if (OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
    return unexpected<std::string>("says that the authority could not answer");
  }
  const OcspBasicPtr basic(OCSP_response_get1_basic(response.get()));
  OCSP_SINGLERESP* single = basic == nullptr ? nullptr : OCSP_resp_get0(basic.get(), 0);
  if (single == nullptr) return unexpected<std::string>("speaks about no certificate");
  ASN1_GENERALIZEDTIME* next_update = nullptr;
  if (OCSP_single_get0_status(single, nullptr, nullptr, nullptr, &next_update) !=
      V_OCSP_CERTSTATUS_GOOD) {
    return unexpected<std::string>("says that the certificate is revoked or unknown");
  }
  ASN1_INTEGER* serial = nullptr;
  ASN1_OBJECT* digest = nullptr;
  ASN1_OCTET_STRING* issuer = nullptr;
  // The cast takes const away for the function's signature only.
  auto* id = const_cast<OCSP_CERTID*>(OCSP_SINGLERESP_get0_id(single));
  OCSP_id_get0_info(&issuer, &digest, nullptr, &serial, id);
  const void* issuer_bytes = ASN1_STRING_get0_data(issuer);
  return Stapled{std::string(der), der_of(serial),
                 std::string(static_cast<const char*>(issuer_bytes),
                             static_cast<std::size_t>(ASN1_STRING_length(issuer))),
                 OBJ_obj2nid(digest), time_of(next_update)};
}

bool speaks_about(const Stapled& stapled, const X509* certificate) {
  if (stapled.serial.empty() || stapled.serial != der_of(X509_get0_serialNumber(certificate))) {
    return false;
  }
  const CleanErrorQueue clean;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const EVP_MD* kind = EVP_get_digestbynid(stapled.issuer_digest);
  if (kind == nullptr ||
      X509_NAME_digest(X509_get_issuer_name(certificate), kind, digest.data(), &size) != 1) {
    return false;
  }
  const void* data = digest.data();
  return stapled.issuer == std::string_view(static_cast<const char*>(data), size);
}

}  // namespace core
