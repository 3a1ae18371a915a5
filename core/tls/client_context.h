// TlsClientContext: what TLS connections of a client share: whom it trusts, versions, its own
// certificate. For the load generator and the tests. Immutable once built, any thread; the filters
// made from it may outlive it. A mistake is a sentence.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/tls/identity.h"
#include "core/tls/server_context.h"

struct ssl_ctx_st;
struct ssl_session_st;

namespace core {

// What a server gave a client to resume with. Immutable, any thread.
class TlsSession {
 public:
  explicit TlsSession(ssl_session_st* session) : session_(session) {}  // takes it over
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  [[nodiscard]] ssl_session_st* get() const { return session_; }  // for core/tls

 private:
  ssl_session_st* session_;
};

struct TlsClientOptions {
  std::string ca;  // PEM; empty: the server's certificate is not verified
  TlsVersion min_version = TlsVersion::k12;
  TlsVersion max_version = TlsVersion::k13;
  std::vector<std::string> alpn;                // in order of preference; empty: not offered
  std::shared_ptr<const TlsIdentity> identity;  // null: no client certificate
  bool keep_sessions = false;                   // see TlsFilter::session()
  // As SSL_CTX_set1_sigalgs_list(3), _set_cipher_list(3), _set1_groups_list(3) write them; empty:
  // the library's defaults.
  std::string signature_algorithms;
  std::string suites_12;
  std::string groups;
};

class TlsClientContext {
 public:
  using Built = Result<std::shared_ptr<const TlsClientContext>, std::string>;

  [[nodiscard]] static Built build(const TlsClientOptions& options);

  TlsClientContext(const TlsClientContext&) = delete;
  TlsClientContext& operator=(const TlsClientContext&) = delete;
  ~TlsClientContext();

  // --- For core/tls.
  [[nodiscard]] ssl_ctx_st* context() const { return context_; }
  [[nodiscard]] bool verifies() const { return verifies_; }

 private:
  TlsClientContext(ssl_ctx_st* context, bool verifies) : context_(context), verifies_(verifies) {}

  ssl_ctx_st* context_;
  bool verifies_;
};

}  // namespace core
