// How TlsIdentity::self_signed() makes a certificate.
#include <algorithm>
#include <optional>

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"
#include "core/tls/host_table.h"
#include "core/tls/identity.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/pem.h"

namespace core {
namespace {

constexpr std::size_t kCommonNameBytesMax = 64;  // RFC 5280 appendix A.1, ub-common-name
constexpr int kSerialBits = 127;                 // positive and below 20 bytes (RFC 5280 4.1.2.2)
constexpr long kBackdatedSeconds = 3600;         // for a client whose clock is slow

KeyPtr new_key(KeyKind kind) {
  switch (kind) {
    case KeyKind::kEcdsaP256:
      return KeyPtr(EVP_EC_gen("P-256"));
    case KeyKind::kRsa2048:
      return KeyPtr(EVP_RSA_gen(2048));
    case KeyKind::kRsa4096:
      return KeyPtr(EVP_RSA_gen(4096));
  }
  return nullptr;
}

// A label is what DNS carries; '_' is in names of container networks, '*' stands first and alone.
bool is_host_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  if (name.starts_with("*.")) name.remove_prefix(2);
  return !name.empty() && name.size() <= 253 && !name.starts_with('.') &&
         name.find("..") == std::string_view::npos &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool add_host_name(GENERAL_NAMES* names, const std::string& name) {
  ASN1_IA5STRING* text = ASN1_IA5STRING_new();
  GENERAL_NAME* entry = GENERAL_NAME_new();
  INVARIANT(text != nullptr && entry != nullptr);
  INVARIANT(ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1);
  GENERAL_NAME_set0_value(entry, GEN_DNS, text);
  return sk_GENERAL_NAME_push(names, entry) > 0;
}

bool add_address(GENERAL_NAMES* names, const std::string& address) {
  ASN1_OCTET_STRING* bytes = a2i_IPADDRESS(address.c_str());
  if (bytes == nullptr) return false;
  GENERAL_NAME* entry = GENERAL_NAME_new();
  INVARIANT(entry != nullptr);
  GENERAL_NAME_set0_value(entry, GEN_IPADD, bytes);
  return sk_GENERAL_NAME_push(names, entry) > 0;
}

std::optional<std::string> add_names(X509* certificate, std::span<const std::string> names) {
  const NamesPtr all(sk_GENERAL_NAME_new_null());
  INVARIANT(all != nullptr);
  for (const auto& name : names) {
    const auto canonical = canonical_host(name);
    if (add_address(all.get(), canonical)) continue;
    if (!is_host_name(canonical)) return "\"" + name + "\" is neither a host name nor an address";
    INVARIANT(add_host_name(all.get(), canonical));
  }
  INVARIANT(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all.get(), 0, 0) == 1);
  return std::nullopt;
}

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  INVARIANT(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void set_serial(X509* certificate) {
  const BignumPtr serial(BN_new());
  INVARIANT(serial != nullptr);
  INVARIANT(BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  INVARIANT(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void set_subject(X509* certificate, const std::string& name) {
  const std::string& common = name.size() <= kCommonNameBytesMax ? name : "self-signed";
  X509_NAME* subject = X509_get_subject_name(certificate);
  INVARIANT(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(common.data()),
                                       static_cast<int>(common.size()), -1, 0) == 1);
  INVARIANT(X509_set_issuer_name(certificate, subject) == 1);
}

void set_validity(X509* certificate, std::chrono::days valid) {
  const int days = static_cast<int>(valid.count());
  INVARIANT(X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdatedSeconds) != nullptr);
  INVARIANT(X509_time_adj_ex(X509_getm_notAfter(certificate), days, 0, nullptr) != nullptr);
}

}  // namespace

TlsIdentity::Loaded TlsIdentity::self_signed(std::span<const std::string> names, KeyKind kind,
                                             std::chrono::days valid) {
  constexpr std::chrono::days kValidMax{36500};  // the notation of dates ends in the year 9999
  const CleanErrorQueue clean;
  if (names.empty()) return unexpected<std::string>("a certificate needs a name");
  if (valid.count() < 1 || valid > kValidMax) {
    return unexpected<std::string>("a certificate is valid for 1 to 36500 days");
  }
  const auto key = new_key(kind);
  const CertificatePtr certificate(X509_new());
  if (key == nullptr || certificate == nullptr) return unexpected(openssl_error("no new key"));
  X509* const x509 = certificate.get();
  INVARIANT(X509_set_version(x509, X509_VERSION_3) == 1);
  INVARIANT(X509_set_pubkey(x509, key.get()) == 1);
  set_serial(x509);
  set_validity(x509, valid);
  if (auto mistake = add_names(x509, names)) return unexpected(std::move(*mistake));
  set_subject(x509, canonical_host(names.front()));
  add_extension(x509, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(x509, NID_key_usage, "critical,digitalSignature");
  add_extension(x509, NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(x509, NID_subject_key_identifier, "hash");
  if (X509_sign(x509, key.get(), EVP_sha256()) == 0) {
    return unexpected(openssl_error("cannot sign the certificate"));
  }
  return from_pem(write_certificate(x509), write_private_key(key.get()));
}

}  // namespace core
