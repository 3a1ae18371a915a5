// TlsServerContext: everything the TLS connections of a listener share: certificates by host name,
// versions, suites, ticket keys. Immutable once built, any thread; shared by the filters made from
// it, so that a reload replaces it under connections that go on. A mistake is a sentence.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/tls/identity.h"
#include "core/tls/ticket_keys.h"

struct ssl_ctx_st;

namespace core {

enum class TlsVersion { k12, k13 };

enum class ClientAuth {
  kNone,
  kOptional,  // a client without a certificate is served; one with a bad certificate is not
  kRequired,
};

struct TlsEntry {
  std::size_t id = 0;  // whatever its owner knows it by
  // Exact names and "*.x" (one label); empty, or a "" among them: the default entry, which answers
  // for unknown names and for clients that name none.
  std::vector<std::string> hosts;
  // At least one, each of another kind of key: the client's signature algorithms choose, ECDSA
  // first.
  std::vector<std::shared_ptr<const TlsIdentity>> identities;
  // OCSP responses in DER, in any order: each goes with the identity it speaks about.
  std::vector<std::string> stapled;
  ClientAuth client_auth = ClientAuth::kNone;
  std::string client_ca;  // PEM; who may have issued client certificates
};

struct TlsServerOptions {
  TlsVersion min_version = TlsVersion::k12;
  std::shared_ptr<TicketKeys> ticket_keys;  // null: no tickets, every handshake is a full one
  std::vector<std::string> alpn;            // in our order of preference; empty: not negotiated
};

// Until when a response among TlsEntry::stapled is sent; nullopt: it has no end. What is no
// response ended long ago.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> stapling_end(
    std::string_view der);

class TlsServerContext {
 public:
  using Built = Result<std::shared_ptr<const TlsServerContext>, std::string>;

  // How long a ticket is good for.
  static constexpr std::chrono::hours kSessionLifetime{12};

  [[nodiscard]] static Built build(std::vector<TlsEntry> entries, TlsServerOptions options);

  TlsServerContext(const TlsServerContext&) = delete;
  TlsServerContext& operator=(const TlsServerContext&) = delete;
  ~TlsServerContext();

  [[nodiscard]] std::span<const TlsEntry> entries() const;
  // Index of the entry that answers for a name: exact, "*.x", the default one. "": no name given.
  [[nodiscard]] std::optional<std::size_t> entry_for(std::string_view server_name) const;

  // --- For core/tls.
  [[nodiscard]] ssl_ctx_st* front() const;  // where every connection begins

  struct Parts;  // for the callbacks
 private:
  explicit TlsServerContext(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace core
