// Goal: the name, the signature algorithms and the protocols a client offers choose what answers
// it; a mistake in the entries is a sentence. Method: tables of handshakes in memory
// (filter_pair.h).

#include "core/tls/server_context.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/core/tls/filter_pair.h"
#include "tests/core/tls/issued.h"
#include "tests/core/tls/raw_peer.h"

namespace {

using core::ClientAuth;
using core::TlsEntry;
using core::TlsServerContext;
using core::TlsServerOptions;
using core::TlsVersion;
using test::asking_entry;
using test::entry_of;
using test::FilterPair;
using test::IdentityPtr;
using test::kVersions;
using test::new_client;
using test::new_identity;
using test::new_server;
using test::version_only;

std::string mistake_of(std::vector<TlsEntry> entries, TlsServerOptions options = {}) {
  const auto built = TlsServerContext::build(std::move(entries), std::move(options));
  return built ? "none" : built.error();
}

TlsServerOptions with_alpn(std::vector<std::string> names) {
  TlsServerOptions options;
  options.alpn = std::move(names);
  return options;
}

}  // namespace

TEST_CASE("the name a client asks for chooses the entry and its certificate") {
  const std::vector<IdentityPtr> identities = {new_identity({"exact.example"}),
                                               new_identity({"*.wild.example"}),
                                               new_identity({"default.example"})};
  const auto server = new_server({entry_of(identities[0], {"exact.example", "B.wild.example."}),
                                  entry_of(identities[1], {"*.wild.example"}),
                                  entry_of(identities[2], {"", "named.example"})});
  struct Row {
    std::string_view asked;
    std::size_t entry;
    std::string_view seen;
  };
  const Row rows[] = {
      {"exact.example", 0, "exact.example"},
      {"EXACT.Example.", 0, "exact.example"},
      {"b.wild.example", 0, "b.wild.example"},
      {"a.wild.example", 1, "a.wild.example"},
      {"wild.example", 2, "wild.example"},
      {"a.b.wild.example", 2, "a.b.wild.example"},
      {"named.example", 2, "named.example"},
      {"unknown", 2, "unknown"},
      {"", 2, ""},
      {"127.0.0.1", 2, ""},
      {"::1", 2, ""},
  };
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    for (const auto& row : rows) {
      CAPTURE(row.asked);
      FilterPair pair(server, *client, row.asked);
      REQUIRE(pair.shake());
      CHECK(pair.server.filter->entry() == row.entry);
      CHECK(pair.server.filter->server_name() == row.seen);
      CHECK(pair.client.filter->peer_certificate() == identities[row.entry]->to_pem().chain);
      CHECK(server->entry_for(row.asked) == row.entry);
    }
  }
}

TEST_CASE("without a default entry, an unknown name and no name are refused with an alert") {
  const auto server = new_server({entry_of(new_identity(), {"a.example"})});
  CHECK(server->entry_for("b.example") == std::nullopt);
  CHECK(server->entry_for("") == std::nullopt);
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair unknown(server, *client, "b.example");
    CHECK_FALSE(unknown.shake());
    CHECK(unknown.server.filter->failure() == "unknown server name");
    CHECK(unknown.client.filter->failure() == "unrecognized name alert from the peer");
    FilterPair nameless(server, *client, "");
    CHECK_FALSE(nameless.shake());
    CHECK(nameless.server.filter->failure() == "no server name");
    CHECK(nameless.client.outcome == test::Outcome::kFailed);
    CHECK(FilterPair(server, *client, "a.example").shake());
  }
}

TEST_CASE("ALPN: our preference, none offered, none configured, nothing in common") {
  struct Row {
    std::vector<std::string> ours;
    std::vector<std::string> theirs;
    std::string_view chosen;
    bool works;
  };
  const Row rows[] = {
      {{"h2", "http/1.1"}, {"h2", "http/1.1"}, "h2", true},
      {{"h2", "http/1.1"}, {"http/1.1", "h2"}, "h2", true},
      {{"http/1.1"}, {"h2", "http/1.1"}, "http/1.1", true},
      {{"h2", "http/1.1"}, {"spdy/3", "http/1.1"}, "http/1.1", true},
      {{"h2", "http/1.1"}, {}, "", true},
      {{}, {"h2"}, "", true},
      {{"h2", "http/1.1"}, {"spdy/3"}, "", false},
      {{"h2"}, {"h"}, "", false},
      {{"h2"}, {"h2c"}, "", false},
  };
  const auto identity = new_identity();
  for (const auto version : kVersions) {
    for (const auto& row : rows) {
      auto options = version_only(version);
      options.alpn = row.theirs;
      const auto client = new_client(options);
      FilterPair pair(new_server({entry_of(identity)}, with_alpn(row.ours)), *client);
      CHECK(pair.shake() == row.works);
      CHECK(pair.server.filter->alpn() == row.chosen);
      CHECK(pair.client.filter->alpn() == row.chosen);
      if (row.works) continue;
      CHECK(pair.server.filter->failure() == "no shared application protocol");
      CHECK(pair.client.filter->failure() == "no application protocol alert from the peer");
    }
  }
}

TEST_CASE("ECDSA and RSA side by side: the client's algorithms choose, ECDSA first") {
  const auto ecdsa = new_identity();
  const auto rsa = new_identity({"a.example"}, core::KeyKind::kRsa2048);
  for (const bool rsa_first : {false, true}) {
    TlsEntry entry;
    entry.identities =
        rsa_first ? std::vector<IdentityPtr>{rsa, ecdsa} : std::vector<IdentityPtr>{ecdsa, rsa};
    const auto both = new_server({entry});
    for (const auto version : kVersions) {
      CAPTURE(rsa_first);
      const auto answers = [&](std::string algorithms, std::string suites) {
        auto options = version_only(version);
        options.signature_algorithms = std::move(algorithms);
        options.suites_12 = std::move(suites);
        const auto client = new_client(options);
        FilterPair pair(both, *client);
        REQUIRE(pair.shake());
        const auto seen = pair.client.filter->peer_certificate();
        return seen == ecdsa->to_pem().chain ? "ECDSA" : seen == rsa->to_pem().chain ? "RSA" : "?";
      };
      CHECK(std::string(answers("", "")) == "ECDSA");
      CHECK(std::string(answers("ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256", "")) == "ECDSA");
      CHECK(std::string(answers("rsa_pss_rsae_sha256:rsa_pkcs1_sha256", "ECDHE+aRSA")) == "RSA");
      CHECK(std::string(answers("ecdsa_secp256r1_sha256", "")) == "ECDSA");
    }
  }
}

TEST_CASE("a client that can verify none of our signatures, or knows none of our groups") {
  const auto server = new_server({entry_of(new_identity())});
  for (const auto version : kVersions) {
    auto options = version_only(version);
    options.signature_algorithms = "rsa_pss_rsae_sha256";
    const auto rsa_only = new_client(options);
    FilterPair signature(server, *rsa_only);
    CHECK_FALSE(signature.shake());
    const bool old = version == TlsVersion::k12;  // there the cipher suite stands for all of them
    CHECK(signature.server.filter->failure() ==
          (old ? "no shared cipher" : "no shared signature algorithm"));
    options = version_only(version);
    options.groups = "P-521";
    const auto odd = new_client(options);
    FilterPair group(server, *odd);
    CHECK_FALSE(group.shake());
    CHECK(group.server.filter->failure() == (old ? "no shared cipher" : "no shared group"));
  }
}

TEST_CASE("a group we know and the client guessed wrong: one more round trip") {
  const auto server = new_server({entry_of(new_identity(), {"a.example"})});
  auto options = version_only(TlsVersion::k13);
  options.groups = "P-521:P-384";
  const auto client = new_client(options);
  for (const std::size_t piece : {test::kWhole, std::size_t{1}}) {
    FilterPair pair(server, *client);
    CHECK(pair.shake(piece));
    CHECK(pair.server.filter->server_name() == "a.example");
  }
}

TEST_CASE("suites of TLS 1.2 without forward secrecy or AEAD are not ours") {
  const auto server = new_server({entry_of(new_identity({"a.example"}, core::KeyKind::kRsa2048))});
  for (const auto* suites : {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA"}) {
    CAPTURE(suites);
    auto options = version_only(TlsVersion::k12);
    options.suites_12 = suites;
    const auto client = new_client(options);
    FilterPair pair(server, *client);
    CHECK_FALSE(pair.shake());
    CHECK(pair.server.filter->failure() == "no shared cipher");
  }
}

TEST_CASE("client certificates: none, asked for, required, and issued by a stranger") {
  const auto good = new_identity({"good.client"});
  const auto bad = new_identity({"bad.client"});
  const auto ca = good->to_pem().chain;
  struct Row {
    ClientAuth auth;
    IdentityPtr shown;
    std::string_view failure;
    std::string_view subject;
  };
  const std::string_view stranger = "certificate refused: ";
  const Row rows[] = {
      {ClientAuth::kNone, nullptr, "", ""},
      {ClientAuth::kNone, good, "", ""},
      {ClientAuth::kOptional, nullptr, "", ""},
      {ClientAuth::kOptional, good, "", "CN=good.client"},
      {ClientAuth::kOptional, bad, stranger, ""},
      {ClientAuth::kRequired, nullptr, "no client certificate", ""},
      {ClientAuth::kRequired, good, "", "CN=good.client"},
      {ClientAuth::kRequired, bad, stranger, ""},
  };
  for (const auto version : kVersions) {
    for (const auto& row : rows) {
      auto options = version_only(version);
      options.identity = row.shown;
      const auto client = new_client(options);
      FilterPair pair(new_server({asking_entry(row.auth, ca)}), *client);
      CHECK(pair.shake() == row.failure.empty());
      CHECK(pair.server.filter->failure().starts_with(row.failure));
      CHECK(pair.server.filter->client_subject() == row.subject);
    }
  }
}

TEST_CASE("an expired client certificate is refused and told so, even where none is needed") {
  const auto issued = test::issue("late.client", test::ec_key(), nullptr, {}, -1);
  for (const auto version : kVersions) {
    auto options = version_only(version);
    options.identity =
        core::TlsIdentity::from_pem(issued.certificate_pem(), issued.key_pem()).value();
    const auto client = new_client(options);
    FilterPair pair(new_server({asking_entry(ClientAuth::kOptional, issued.certificate_pem())}),
                    *client);
    CHECK_FALSE(pair.shake());
    CHECK(pair.server.filter->failure() == "certificate refused: certificate has expired");
    CHECK(pair.client.filter->failure() == "certificate expired alert from the peer");
  }
}

TEST_CASE("each entry asks for certificates of its own clients only") {
  const auto staff = new_identity({"staff"});
  auto open = entry_of(new_identity(), {"open.example"});
  auto closed = asking_entry(ClientAuth::kRequired, staff->to_pem().chain);
  closed.hosts = {"closed.example"};
  for (const bool open_first : {true, false}) {
    const auto server =
        new_server(open_first ? std::vector{open, closed} : std::vector{closed, open});
    for (const auto version : kVersions) {
      const auto nobody = new_client(version_only(version));
      CHECK(FilterPair(server, *nobody, "open.example").shake());
      CHECK_FALSE(FilterPair(server, *nobody, "closed.example").shake());
      auto options = version_only(version);
      options.identity = staff;
      const auto somebody = new_client(options);
      FilterPair pair(server, *somebody, "closed.example");
      CHECK(pair.shake());
      CHECK(pair.server.filter->client_subject() == "CN=staff");
    }
  }
}

TEST_CASE("mistakes in the entries are sentences") {
  const auto identity = new_identity();
  auto twice = entry_of(identity);
  twice.identities.push_back(new_identity());
  auto no_ca = entry_of(identity, {"x"});
  no_ca.client_auth = ClientAuth::kRequired;
  auto staple = entry_of(identity);
  staple.stapled = {"nonsense"};
  struct Row {
    std::string mistake;
    std::string_view sentence;
  };
  const Row rows[] = {
      {mistake_of({}), "there is no certificate to answer with"},
      {mistake_of({entry_of(identity), entry_of(identity)}), "two entries are the default one"},
      {mistake_of({entry_of(identity, {"a", ""}), entry_of(identity, {"b", ""})}),
       "two entries are the default one"},
      {mistake_of({entry_of(identity, {"a", "A."})}), "\"A.\" is named twice"},
      {mistake_of({entry_of(identity, {"*.a"}), entry_of(identity, {"*.A"})}),
       "\"*.A\" is named twice"},
      {mistake_of({TlsEntry()}), "entry 1 (the default): has no certificate"},
      {mistake_of({twice}),
       "entry 1 (the default): has two certificates with keys of the same kind: ECDSA P-256"},
      {mistake_of({entry_of(identity), no_ca}),
       "entry 2 (x): client_auth: the ca file holds no certificate: a line \"-----BEGIN "
       "CERTIFICATE-----\" is missing"},
      {mistake_of({staple}),
       "entry 1 (the default): the stapled response is no OCSP response in DER"},
      {mistake_of({entry_of(identity)}, with_alpn({"h2", ""})),
       "a name for ALPN has 1 to 255 bytes"},
      {mistake_of({entry_of(identity)}, with_alpn({std::string(256, 'a')})),
       "a name for ALPN has 1 to 255 bytes"},
      {mistake_of({entry_of(identity)}, with_alpn({std::string(255, 'a')})), "none"},
  };
  for (const auto& row : rows) CHECK(row.mistake == row.sentence);
}

TEST_CASE("TLS 1.3: AES-128 before AES-256, ChaCha20 for a client that has it first") {
  const auto client = new_client(version_only(TlsVersion::k13));
  for (const auto& [offered, chosen] : std::initializer_list<std::pair<const char*, const char*>>{
           {"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
            "TLS_AES_128_GCM_SHA256"},
           {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
           {"TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
            "TLS_CHACHA20_POLY1305_SHA256"}}) {
    test::Side server(core::TlsFilter::make_server(test::plain_server()));
    test::RawPeer peer(*client);
    REQUIRE(SSL_set_ciphersuites(peer.ssl(), offered) == 1);
    peer.begin();
    peer.talk_to(server);
    CHECK(server.filter->handshake_done());
    CHECK(server.filter->cipher() == chosen);
  }
}
