// A client's and a server's TlsFilter with nothing between them but memory: what one sends the
// other gets, in pieces of any size. One thread.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tls/client_context.h"
#include "core/tls/server_context.h"
#include "core/tls/tls_filter.h"

namespace test {

inline constexpr std::size_t kWhole = std::string::npos;

using IdentityPtr = std::shared_ptr<const core::TlsIdentity>;
using ServerContextPtr = std::shared_ptr<const core::TlsServerContext>;
using ClientContextPtr = std::shared_ptr<const core::TlsClientContext>;
using Outcome = core::TlsFilter::Outcome;

inline constexpr core::TlsVersion kVersions[] = {core::TlsVersion::k12, core::TlsVersion::k13};

inline IdentityPtr new_identity(const std::vector<std::string>& names = {"a.example"},
                                core::KeyKind kind = core::KeyKind::kEcdsaP256) {
  return core::TlsIdentity::self_signed(names, kind, std::chrono::days(30)).value();
}

inline core::TlsEntry entry_of(IdentityPtr identity, std::vector<std::string> hosts = {}) {
  core::TlsEntry entry;
  entry.hosts = std::move(hosts);
  entry.identities = {std::move(identity)};
  return entry;
}

inline ServerContextPtr new_server(std::vector<core::TlsEntry> entries,
                                   core::TlsServerOptions options = {}) {
  return core::TlsServerContext::build(std::move(entries), std::move(options)).value();
}

// Making a key costs more than a handshake: this one is for whoever needs just any.
inline const IdentityPtr& any_identity() {
  static const auto kIdentity = new_identity();
  return kIdentity;
}

inline ServerContextPtr plain_server() { return new_server({entry_of(any_identity())}); }

inline core::TlsEntry asking_entry(core::ClientAuth auth, const std::string& client_ca) {
  auto entry = entry_of(any_identity());
  entry.client_auth = auth;
  entry.client_ca = client_ca;
  return entry;
}

inline ClientContextPtr new_client(const core::TlsClientOptions& options = {}) {
  return core::TlsClientContext::build(options).value();
}

inline core::TlsClientOptions version_only(core::TlsVersion version) {
  core::TlsClientOptions options;
  options.min_version = options.max_version = version;
  return options;
}

struct Wire final : core::ByteSink {
  void append(std::string_view bytes) override { text += bytes; }
  std::string take() { return std::exchange(text, {}); }

  std::string text;
};

// A filter, what it sent, and what it opened.
struct Side {
  explicit Side(std::unique_ptr<core::TlsFilter> made) : filter(std::move(made)) {}

  void take(std::string_view records) {
    auto bytes = std::as_bytes(std::span(records));
    if (outcome == Outcome::kFailed || outcome == Outcome::kEnded) return;
    if (!filter->handshake_done()) {
      outcome = filter->handshake(bytes, sent);
      if (outcome != Outcome::kDone || filter->unread().empty()) return;
      bytes = filter->unread();
    }
    filter->give(bytes);
    std::array<char, 20000> buffer{};
    do {
      std::size_t size = 0;
      outcome = filter->open(buffer, size, sent);
      plain.append(buffer.data(), size);
    } while (outcome == Outcome::kDone);
  }

  // A client's first flight.
  void begin() { outcome = filter->handshake({}, sent); }

  std::unique_ptr<core::TlsFilter> filter;
  Wire sent;
  std::string plain;
  Outcome outcome = Outcome::kWantsInput;
};

// The first flight of some client.
inline std::string client_hello() {
  Side client(core::TlsFilter::make_client(*new_client(), "a.example"));
  client.begin();
  return client.sent.take();
}

inline void deliver(Side& from, Side& to, std::size_t piece) {
  const auto records = from.sent.take();
  for (std::string_view rest = records; !rest.empty();) {
    const auto size = std::min(piece, rest.size());
    to.take(rest.substr(0, size));
    rest.remove_prefix(size);
  }
}

struct FilterPair {
  FilterPair(ServerContextPtr server_context, const core::TlsClientContext& client_context,
             std::string_view name = "a.example",
             const std::shared_ptr<const core::TlsSession>& session = nullptr)
      : server(core::TlsFilter::make_server(std::move(server_context))),
        client(core::TlsFilter::make_client(client_context, name, session)) {}

  // Until neither has anything to say.
  void pump(std::size_t piece = kWhole) {
    while (!client.sent.text.empty() || !server.sent.text.empty()) {
      deliver(client, server, piece);
      deliver(server, client, piece);
    }
  }

  // Whether both sides are through, session tickets included.
  bool shake(std::size_t piece = kWhole) {
    client.begin();
    pump(piece);
    return client.outcome != Outcome::kFailed && server.outcome != Outcome::kFailed &&
           client.filter->handshake_done() && server.filter->handshake_done();
  }

  Side server;
  Side client;
};

}  // namespace test
