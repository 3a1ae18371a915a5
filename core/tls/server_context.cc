#include "core/tls/server_context.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>

#include "core/base/invariant.h"
#include "core/tls/error_queue.h"
#include "core/tls/openssl_handles.h"
#include "core/tls/pem.h"
#include "core/tls/protocol_settings.h"
#include "core/tls/server_callbacks.h"

namespace core {
namespace {

using Parts = TlsServerContext::Parts;
using Mistake = std::optional<std::string>;

// "entry 2 (a.example)", for the one who wrote the configuration.
std::string name_of(const TlsEntry& entry, std::size_t index) {
  auto name = "entry " + std::to_string(index + 1);
  if (entry.hosts.empty()) return name + " (the default)";
  return name + " (" + entry.hosts.front() + ")";
}

Mistake fill_hosts(Parts& parts) {
  for (std::size_t i = 0; i < parts.entries.size(); ++i) {
    auto hosts = parts.entries[i].hosts;
    if (hosts.empty()) hosts.emplace_back();
    for (const auto& host : hosts) {
      if (parts.hosts.add(host, i)) continue;
      if (host.empty()) return "two entries are the default one";
      return "\"" + host + "\" is named twice";
    }
  }
  return std::nullopt;
}

Mistake fill_alpn(Parts& parts) {
  auto wire = alpn_on_the_wire(parts.options.alpn);
  if (!wire) return wire.error();
  parts.alpn = std::move(*wire);
  return std::nullopt;
}

Mistake use_identities(SSL_CTX* context, const TlsEntry& entry) {
  if (entry.identities.empty()) return "has no certificate";
  std::vector<int> kinds;
  for (const auto& identity : entry.identities) {
    INVARIANT(identity != nullptr);
    const int kind = EVP_PKEY_get_base_id(identity->key());
    if (std::ranges::find(kinds, kind) != kinds.end()) {
      return "has two certificates with keys of the same kind: " + identity->key_description();
    }
    kinds.push_back(kind);
    if (!use_identity(context, *identity)) {
      return openssl_error("cannot use the certificate of " + identity->subject());
    }
  }
  return std::nullopt;
}

Mistake use_client_auth(SSL_CTX* context, const TlsEntry& entry) {
  if (entry.client_auth == ClientAuth::kNone) return std::nullopt;
  auto authorities = trust(context, entry.client_ca);
  if (!authorities) return "client_auth: the ca file " + authorities.error();
  for (const auto& authority : *authorities) {
    // The names in the request: how a client with several certificates chooses.
    INVARIANT(SSL_CTX_add_client_CA(context, authority.get()) == 1);
  }
  SSL_CTX_set_verify(context, verify_mode(entry.client_auth), nullptr);
  return std::nullopt;
}

Mistake read_staples(const TlsEntry& entry, std::vector<Stapled>& all) {
  for (const auto& der : entry.stapled) {
    auto stapled = read_stapled(der);
    if (!stapled) return "the stapled response " + stapled.error();
    if (std::ranges::none_of(entry.identities, [&stapled](const auto& identity) {
          return speaks_about(*stapled, identity->certificate());
        })) {
      return "the stapled response speaks about another certificate";
    }
    all.push_back(std::move(*stapled));
  }
  return std::nullopt;
}

// A ticket counts only where the same client would be let in: with the same names and the same
// authorities. Certificates are not part of it, so that tickets survive a renewal.
void set_session_context(SSL_CTX* context, const TlsEntry& entry) {
  auto hosts = entry.hosts;
  std::ranges::sort(hosts);
  std::string facts = std::to_string(static_cast<int>(entry.client_auth)) + '\0' + entry.client_ca;
  for (const auto& host : hosts) facts += '\0' + host;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  INVARIANT(EVP_Digest(facts.data(), facts.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
            1);
  INVARIANT(SSL_CTX_set_session_id_context(context, digest.data(), size) == 1);
}

void set_tickets(SSL_CTX* context, const TlsServerOptions& options) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, std::chrono::seconds(TlsServerContext::kSessionLifetime).count());
  const bool tickets = options.ticket_keys != nullptr;
  if (!tickets) SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  // One, not two: 40 us of a worker (deploy.md).
  INVARIANT(SSL_CTX_set_num_tickets(context, tickets ? 1 : 0) == 1);
}

Mistake build_entry(Parts& parts, std::size_t index) {
  const auto& entry = parts.entries[index];
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return openssl_error("cannot begin");
  set_protocol(context.get(), parts.options.min_version);
  set_server_preferences(context.get());
  set_tickets(context.get(), parts.options);
  set_session_context(context.get(), entry);
  if (auto mistake = use_identities(context.get(), entry)) return mistake;
  if (auto mistake = use_client_auth(context.get(), entry)) return mistake;
  if (auto mistake = read_staples(entry, parts.stapled[index])) return mistake;
  install_callbacks(context.get(), parts, index);
  parts.contexts.push_back(std::move(context));
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> stapling_end(std::string_view der) {
  const auto stapled = read_stapled(der);
  if (!stapled) return std::chrono::system_clock::time_point();
  if (stapled->expires == std::numeric_limits<std::time_t>::max()) return std::nullopt;
  return std::chrono::system_clock::from_time_t(stapled->expires);
}

TlsServerContext::TlsServerContext(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsServerContext::~TlsServerContext() = default;

TlsServerContext::Built TlsServerContext::build(std::vector<TlsEntry> entries,
                                                TlsServerOptions options) {
  const CleanErrorQueue clean;
  if (entries.empty()) return unexpected<std::string>("there is no certificate to answer with");
  auto parts = std::make_unique<Parts>();
  parts->entries = std::move(entries);
  parts->options = std::move(options);
  parts->stapled.resize(parts->entries.size());
  if (auto mistake = fill_hosts(*parts)) return unexpected(std::move(*mistake));
  if (auto mistake = fill_alpn(*parts)) return unexpected(std::move(*mistake));
  for (std::size_t i = 0; i < parts->entries.size(); ++i) {
    if (const auto mistake = build_entry(*parts, i)) {
      return unexpected(name_of(parts->entries[i], i) + ": " + *mistake);
    }
  }
  return std::shared_ptr<const TlsServerContext>(new TlsServerContext(std::move(parts)));
}

std::span<const TlsEntry> TlsServerContext::entries() const { return parts_->entries; }

std::optional<std::size_t> TlsServerContext::entry_for(std::string_view server_name) const {
  return server_name.empty() ? parts_->hosts.default_entry() : parts_->hosts.find(server_name);
}

ssl_ctx_st* TlsServerContext::front() const { return parts_->contexts.front().get(); }

}  // namespace core
