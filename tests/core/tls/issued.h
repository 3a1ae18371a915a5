// Certificates that TlsIdentity::self_signed() does not make: issued by another, with keys that are
// no good, with names that play tricks. OpenSSL's own types; aborts when something is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/invariant.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/pem.h"

namespace test {

inline core::KeyPtr ec_key(const char* curve = "P-256") { return core::KeyPtr(EVP_EC_gen(curve)); }

inline core::KeyPtr rsa_key(unsigned bits) { return core::KeyPtr(EVP_RSA_gen(bits)); }

struct Issued {
  [[nodiscard]] std::string certificate_pem() const {
    return core::write_certificate(certificate.get());
  }
  [[nodiscard]] std::string key_pem() const { return core::write_private_key(key.get()); }

  core::CertificatePtr certificate;
  core::KeyPtr key;
};

inline void set_common_name(X509_NAME* name, const std::string& text) {
  INVARIANT(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1);
}

struct AlternativeName {
  int type = GEN_DNS;  // or GEN_EMAIL, GEN_IPADD
  std::string bytes;
};

inline void add_alternative_names(X509* certificate, const std::vector<AlternativeName>& names) {
  const core::NamesPtr all(sk_GENERAL_NAME_new_null());
  for (const auto& name : names) {
    const bool address = name.type == GEN_IPADD;
    ASN1_STRING* text = address ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
    INVARIANT(ASN1_STRING_set(text, name.bytes.data(), static_cast<int>(name.bytes.size())) == 1);
    GENERAL_NAME* entry = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(entry, name.type, text);
    INVARIANT(sk_GENERAL_NAME_push(all.get(), entry) > 0);
  }
  INVARIANT(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, 0) == 1);
}

// Valid since a day ago and for `days` more; without an issuer it signs itself.
inline Issued issue(const std::string& name, core::KeyPtr key, const Issued* issuer = nullptr,
                    const std::vector<AlternativeName>& names = {}, int days = 10) {
  Issued made{core::CertificatePtr(X509_new()), std::move(key)};
  X509* const x509 = made.certificate.get();
  INVARIANT(X509_set_version(x509, X509_VERSION_3) == 1);
  INVARIANT(ASN1_INTEGER_set(X509_get_serialNumber(x509), 4711) == 1);
  INVARIANT(X509_time_adj_ex(X509_getm_notBefore(x509), -1, 0, nullptr) != nullptr);
  INVARIANT(X509_time_adj_ex(X509_getm_notAfter(x509), days, 0, nullptr) != nullptr);
  INVARIANT(X509_set_pubkey(x509, made.key.get()) == 1);
  set_common_name(X509_get_subject_name(x509), name);
  const X509* const by = issuer == nullptr ? x509 : issuer->certificate.get();
  INVARIANT(X509_set_issuer_name(x509, X509_get_subject_name(by)) == 1);
  if (!names.empty()) add_alternative_names(x509, names);
  EVP_PKEY* const signer = issuer == nullptr ? made.key.get() : issuer->key.get();
  const bool digests = EVP_PKEY_get_base_id(signer) != EVP_PKEY_ED25519;
  INVARIANT(X509_sign(x509, signer, digests ? EVP_sha256() : nullptr) > 0);
  return made;
}

}  // namespace test
