// TlsIdentity: a certificate chain with the private key of its first certificate, what a server (or
// a client) proves its name with. Immutable, any thread; shared by the contexts built from it.
// Every mistake in the files is a sentence ("the private key is encrypted: ...") that needs only
// the files' names.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

struct evp_pkey_st;
struct stack_st_X509;
struct x509_st;

namespace core {

enum class KeyKind { kEcdsaP256, kRsa2048, kRsa4096 };

class TlsIdentity {
 public:
  using Loaded = Result<std::shared_ptr<const TlsIdentity>, std::string>;

  struct Pem {
    std::string chain;
    std::string key;  // secret
  };

  // `chain`: the server's own certificate first, then the one that issued it, and so on; the root
  // may be left out. `key`: PKCS #1, SEC 1 or PKCS #8, not encrypted; at least RSA 2048, or ECDSA
  // on P-256, P-384 or P-521, or Ed25519. An expired certificate is no mistake: see not_after().
  [[nodiscard]] static Loaded from_pem(std::string_view chain, std::string_view key);

  // A new key and a certificate for `names` (host names, "*.x", IP addresses; at least one), valid
  // since an hour ago. An RSA key takes up to seconds to find.
  [[nodiscard]] static Loaded self_signed(std::span<const std::string> names, KeyKind kind,
                                          std::chrono::days valid);

  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;
  ~TlsIdentity();

  // Of the first certificate. Names are those of subjectAltName, host names in lower case and
  // addresses as inet_ntop(3) writes them; the subject's CN is no name (RFC 9110 4.3.4).
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }  // RFC 2253
  [[nodiscard]] const std::string& issuer() const { return issuer_; }    // RFC 2253
  [[nodiscard]] std::chrono::system_clock::time_point not_before() const { return not_before_; }
  [[nodiscard]] std::chrono::system_clock::time_point not_after() const { return not_after_; }
  // "ECDSA P-256", "RSA 2048", "Ed25519".
  [[nodiscard]] const std::string& key_description() const { return key_description_; }

  // Whether a client that asks for `host` accepts these names: exact, or "*." for one label
  // (RFC 9110 4.3.4). `host` is a host name or an address, in any case, without port or brackets.
  [[nodiscard]] bool covers(std::string_view host) const;

  [[nodiscard]] Pem to_pem() const;

  // --- For core/tls.
  [[nodiscard]] x509_st* certificate() const;
  [[nodiscard]] evp_pkey_st* key() const;
  [[nodiscard]] stack_st_X509* issuers() const;  // the rest of the chain; empty, never null

 private:
  struct Parts;
  explicit TlsIdentity(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
  std::vector<std::string> names_;
  std::string subject_;
  std::string issuer_;
  std::chrono::system_clock::time_point not_before_;
  std::chrono::system_clock::time_point not_after_;
  std::string key_description_;
};

}  // namespace core
