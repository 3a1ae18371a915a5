#include "core/tls/identity.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"
#include "core/tls/host_table.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/pem.h"

namespace core {

struct TlsIdentity::Parts {
  CertificatePtr certificate;
  KeyPtr key;
  ChainPtr issuers;
};

namespace {

constexpr int kRsaBitsMin = 2048;

std::string text_of(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  INVARIANT(bio != nullptr && X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) >= 0);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::chrono::system_clock::time_point time_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&fields));
}

std::optional<std::string> address_text(std::string_view bytes) {
  const bool v4 = bytes.size() == sizeof(in_addr);
  if (!v4 && bytes.size() != sizeof(in6_addr)) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
}

// A name with a zero byte in it is an old trick to look like another one: it names nothing.
std::optional<std::string> text_of(const GENERAL_NAME& name) {
  int type = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(&name, &type));
  if (type != GEN_DNS && type != GEN_IPADD) return std::nullopt;
  const void* data = ASN1_STRING_get0_data(value);
  const std::string_view bytes(static_cast<const char*>(data),
                               static_cast<std::size_t>(ASN1_STRING_length(value)));
  if (type == GEN_IPADD) return address_text(bytes);
  if (bytes.empty() || bytes.find('\0') != std::string_view::npos) return std::nullopt;
  return canonical_host(bytes);
}

std::vector<std::string> names_of(const X509* certificate) {
  const NamesPtr all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; all != nullptr && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    if (auto name = text_of(*sk_GENERAL_NAME_value(all.get(), i))) {
      names.push_back(std::move(*name));
    }
  }
  return names;
}

std::string curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1) return "unknown curve";
  const std::string_view curve(name.data());
  if (curve == "prime256v1") return "P-256";
  if (curve == "secp384r1") return "P-384";
  if (curve == "secp521r1") return "P-521";
  return std::string(curve);
}

std::string describe(const EVP_PKEY* key) {
  const auto bits = std::to_string(EVP_PKEY_get_bits(key));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return "RSA " + bits;
    case EVP_PKEY_RSA_PSS:
      return "RSA-PSS " + bits;
    case EVP_PKEY_EC:
      return "ECDSA " + curve_of(key);
    case EVP_PKEY_ED25519:
      return "Ed25519";
    default:
      const char* name = EVP_PKEY_get0_type_name(key);
      return name == nullptr ? "unknown" : name;
  }
}

// What is wrong with a key whatever it is for; empty when nothing.
std::string weakness_of(const EVP_PKEY* key) {
  const auto description = describe(key);
  const int type = EVP_PKEY_get_base_id(key);
  if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) {
    if (EVP_PKEY_get_bits(key) >= kRsaBitsMin) return "";
    return "is too weak: " + description + ", and " + std::to_string(kRsaBitsMin) +
           " bits are the least";
  }
  if (type == EVP_PKEY_EC && !description.starts_with("ECDSA P-")) {
    return "is on a curve that clients do not know (" + description +
           "): use P-256, P-384 or P-521";
  }
  return "";
}

std::string number(std::size_t index) { return "certificate " + std::to_string(index + 1); }

bool belongs(X509* certificate, EVP_PKEY* key) {
  return X509_check_private_key(certificate, key) == 1;
}

std::string complain_about_key(const std::vector<CertificatePtr>& chain, EVP_PKEY* key) {
  if (belongs(chain.front().get(), key)) return "";
  const auto other = std::ranges::find_if(
      chain, [key](const CertificatePtr& certificate) { return belongs(certificate.get(), key); });
  if (other == chain.end()) {
    return "the private key (" + describe(key) + ") does not belong to the certificate of " +
           text_of(X509_get_subject_name(chain.front().get())) + " (" +
           describe(X509_get0_pubkey(chain.front().get())) + ")";
  }
  return "the certificate chain is in the wrong order: the private key belongs to " +
         number(static_cast<std::size_t>(other - chain.begin())) + " of it (" +
         text_of(X509_get_subject_name(other->get())) + "), which must come first";
}

// Names alone do not prove it: a renewed authority may keep its name and change its key.
bool issued(X509* issuer, X509* certificate) {
  return X509_check_issued(issuer, certificate) == X509_V_OK &&
         X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;
}

std::string complain_about_chain(const std::vector<CertificatePtr>& chain) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const EVP_PKEY* key = X509_get0_pubkey(chain[i].get());
    if (key == nullptr) {
      return "the certificate chain cannot be used: the key of " + number(i) +
             " is of an unknown kind";
    }
    if (const auto weakness = weakness_of(key); !weakness.empty()) {
      return "the key of " + number(i) + " of the chain " + weakness;
    }
    if (i == 0 || issued(chain[i].get(), chain[i - 1].get())) continue;
    return "the certificate chain is in the wrong order, or one is missing: " + number(i - 1) +
           " (" + text_of(X509_get_subject_name(chain[i - 1].get())) + ") was issued by " +
           text_of(X509_get_issuer_name(chain[i - 1].get())) + ", and not by " + number(i) +
           " that follows it (" + text_of(X509_get_subject_name(chain[i].get())) + ")";
  }
  return "";
}

}  // namespace

TlsIdentity::TlsIdentity(std::unique_ptr<const Parts> parts)
    : parts_(std::move(parts)),
      names_(names_of(parts_->certificate.get())),
      subject_(text_of(X509_get_subject_name(parts_->certificate.get()))),
      issuer_(text_of(X509_get_issuer_name(parts_->certificate.get()))),
      not_before_(time_of(X509_get0_notBefore(parts_->certificate.get()))),
      not_after_(time_of(X509_get0_notAfter(parts_->certificate.get()))),
      key_description_(describe(parts_->key.get())) {}

TlsIdentity::~TlsIdentity() = default;

TlsIdentity::Loaded TlsIdentity::from_pem(std::string_view chain, std::string_view key) {
  const CleanErrorQueue clean;
  auto certificates = read_certificates(chain);
  if (!certificates) return unexpected("the certificate chain " + certificates.error());
  auto private_key = read_private_key(key);
  if (!private_key) return unexpected("the private key " + private_key.error());
  if (const auto weakness = weakness_of(private_key->get()); !weakness.empty()) {
    return unexpected("the private key " + weakness);
  }
  for (const auto& mistake : {complain_about_key(*certificates, private_key->get()),
                              complain_about_chain(*certificates)}) {
    if (!mistake.empty()) return unexpected(mistake);
  }
  auto parts = std::make_unique<Parts>();
  parts->certificate = std::move(certificates->front());
  parts->key = std::move(*private_key);
  parts->issuers.reset(sk_X509_new_null());
  INVARIANT(parts->issuers != nullptr);
  for (std::size_t i = 1; i < certificates->size(); ++i) {
    INVARIANT(sk_X509_push(parts->issuers.get(), (*certificates)[i].release()) > 0);
  }
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(parts)));
}

bool TlsIdentity::covers(std::string_view host) const {
  const auto canonical = canonical_host(host);
  return std::ranges::any_of(
      names_, [&canonical](const std::string& name) { return name_covers(name, canonical); });
}

TlsIdentity::Pem TlsIdentity::to_pem() const {
  const CleanErrorQueue clean;
  Pem pem{write_certificate(certificate()), write_private_key(key())};
  for (int i = 0; i < sk_X509_num(issuers()); ++i) {
    pem.chain += write_certificate(sk_X509_value(issuers(), i));
  }
  return pem;
}

x509_st* TlsIdentity::certificate() const { return parts_->certificate.get(); }
evp_pkey_st* TlsIdentity::key() const { return parts_->key.get(); }
stack_st_X509* TlsIdentity::issuers() const { return parts_->issuers.get(); }

}  // namespace core
