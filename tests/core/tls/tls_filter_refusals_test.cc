// Goal: whatever a peer does wrong, in the handshake or behind it, is kFailed at once, for good and
// with its words. Method: bytes made up or changed, filters that do not suit each other
// (filter_pair.h), and an OpenSSL client for what a filter never does (raw_peer.h).

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tls/tls_filter.h"
#include "tests/core/tls/filter_pair.h"
#include "tests/core/tls/issued.h"
#include "tests/core/tls/raw_peer.h"

namespace {

using core::TlsFilter;
using core::TlsVersion;
using test::FilterPair;
using test::kVersions;
using test::kWhole;
using test::new_client;
using test::new_server;
using test::Outcome;
using test::plain_server;
using test::RawPeer;
using test::Side;
using test::version_only;
using test::Wire;

// What a server says to `input`, given in pieces.
std::unique_ptr<Side> server_given(std::string_view input, std::size_t piece = kWhole) {
  auto made = std::make_unique<Side>(TlsFilter::make_server(plain_server()));
  auto& server = *made;
  for (; !input.empty() && server.outcome == Outcome::kWantsInput;) {
    const auto size = std::min(piece, input.size());
    server.take(input.substr(0, size));
    input.remove_prefix(size);
  }
  return made;
}

std::string alert(char level, char description) {
  return {'\x15', '\x03', '\x03', '\0', '\x02', level, description};
}

}  // namespace

TEST_CASE("a changed byte in a record is a failure for good, with an alert") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    REQUIRE(pair.shake());
    REQUIRE(pair.client.filter->seal("payload", pair.client.sent));
    pair.client.sent.text.back() ^= 1;
    deliver(pair.client, pair.server, kWhole);
    CHECK(pair.server.outcome == Outcome::kFailed);
    CHECK(pair.server.filter->failure() == "damaged record");
    CHECK_FALSE(pair.server.filter->http_request());
    CHECK_FALSE(pair.server.sent.text.empty());
    Wire nothing;
    CHECK_FALSE(pair.server.filter->seal("x", nothing));
    pair.server.filter->close(nothing);
    CHECK(nothing.text.empty());
    char byte = 0;
    std::size_t size = 0;
    CHECK(pair.server.filter->open({&byte, 1}, size, nothing) == Outcome::kFailed);
    deliver(pair.server, pair.client, kWhole);
    CHECK(pair.client.outcome == Outcome::kFailed);
    CHECK(pair.client.filter->failure() == "bad record mac alert from the peer");
  }
}

TEST_CASE("what is no TLS has its words at once, whatever the pieces") {
  struct Row {
    std::string_view input;
    std::string_view failure;
    bool http;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "plain HTTP", true},
      {"POST / HTTP/1.1\r\n\r\n", "plain HTTP", true},
      {"HEAD / HTTP/1.1\r\n\r\n", "plain HTTP", true},
      {"PUT / HTTP/1.1\r\n\r\n", "plain HTTP", true},
      {"CONNECT a:1 HTTP/1.1\r\n\r\n", "plain HTTP", true},
      {"SSH-2.0-OpenSSH_9.2\r\n", "not TLS", false},
      {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "not TLS", false},
      {"\n\n\n\n\n\n\n\n\n\n\n", "not TLS", false},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {kWhole, std::size_t{1}, std::size_t{5}}) {
      CAPTURE(row.input);
      CAPTURE(piece);
      const auto given = server_given(row.input, piece);
      const Side& server = *given;
      CHECK(server.outcome == Outcome::kFailed);
      CHECK(server.filter->failure() == row.failure);
      CHECK(server.filter->http_request() == row.http);
      CHECK_FALSE(server.filter->handshake_done());
    }
  }
}

TEST_CASE("an alert in the middle of a handshake is the peer's refusal") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    pair.client.begin();
    deliver(pair.client, pair.server, kWhole);
    REQUIRE(pair.server.outcome == Outcome::kWantsInput);
    pair.server.take(alert(2, 40));
    CHECK(pair.server.outcome == Outcome::kFailed);
    CHECK(pair.server.filter->failure() == "handshake failure alert from the peer");
    CHECK_FALSE(pair.server.filter->handshake_done());
  }
  const auto before_everything = server_given(alert(2, 40));
  CHECK(before_everything->outcome == Outcome::kFailed);
}

TEST_CASE("every cut of the client's first flight wants more, every changed byte is survived") {
  for (const auto version : kVersions) {
    const auto context = new_client(version_only(version));
    Side client(TlsFilter::make_client(*context, "a.example"));
    client.begin();
    const auto hello = client.sent.take();
    for (std::size_t size = 0; size < hello.size(); ++size) {
      const auto given = server_given(hello.substr(0, size));
      const Side& server = *given;
      REQUIRE(server.outcome == Outcome::kWantsInput);
      REQUIRE(server.sent.text.empty());
    }
    for (std::size_t i = 0; i < hello.size(); ++i) {
      auto changed = hello;
      changed[i] = static_cast<char>(changed[i] ^ 0x41);
      const auto given = server_given(changed);
      const Side& server = *given;
      if (server.outcome == Outcome::kFailed) REQUIRE_FALSE(server.filter->failure().empty());
    }
  }
}

TEST_CASE("no version in common") {
  core::TlsServerOptions options;
  options.min_version = TlsVersion::k13;
  const auto client = new_client(version_only(TlsVersion::k12));
  FilterPair pair(new_server({test::entry_of(test::any_identity())}, options), *client);
  CHECK_FALSE(pair.shake());
  CHECK(pair.server.filter->failure() == "no shared version");
  CHECK(pair.client.filter->failure() == "protocol version alert from the peer");
}

TEST_CASE("a client that verifies refuses a stranger, and another name") {
  core::TlsClientOptions options;
  options.ca = test::any_identity()->to_pem().chain;
  const auto trusting = new_client(options);
  CHECK(FilterPair(plain_server(), *trusting).shake());
  FilterPair other_name(plain_server(), *trusting, "b.example");
  CHECK_FALSE(other_name.shake());
  CHECK(other_name.client.filter->failure() == "certificate refused: hostname mismatch");
  FilterPair address(plain_server(), *trusting, "127.0.0.1");
  CHECK_FALSE(address.shake());
  CHECK(address.client.filter->failure() == "certificate refused: IP address mismatch");
  for (const auto* name : {"1.2.3", "1.2.3.4.5", "a:b"}) {
    CAPTURE(name);
    FilterPair half_an_address(plain_server(), *trusting, name);
    CHECK_FALSE(half_an_address.shake());
    CHECK(half_an_address.client.filter->failure() == "certificate refused: hostname mismatch");
  }
  options.ca = test::new_identity()->to_pem().chain;
  const auto distrusting = new_client(options);
  FilterPair stranger(plain_server(), *distrusting);
  CHECK_FALSE(stranger.shake());
  CHECK(stranger.client.filter->failure().starts_with("certificate refused: "));
}

TEST_CASE("a client that verifies takes the names an identity says it covers, and no others") {
  struct Row {
    std::string in_certificate;
    std::string_view asked;
  };
  // "*.example" for "a.example" is left out: a whole top-level domain is too much for OpenSSL.
  const Row rows[] = {
      {"a.example", "a.example"},     {"a.example", "A.Example."},  {"*.example", "b.a.example"},
      {"a*.example", "ab.example"},   {"", "cn.example"},           {"b.example", "cn.example"},
      {"*.a.example", "x.a.example"}, {"*.a.example", "a.example"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.in_certificate);
    CAPTURE(row.asked);
    std::vector<test::AlternativeName> names;
    if (!row.in_certificate.empty()) names.push_back({GEN_DNS, row.in_certificate});
    const auto issued = test::issue("cn.example", test::ec_key(), nullptr, names);
    const auto identity =
        core::TlsIdentity::from_pem(issued.certificate_pem(), issued.key_pem()).value();
    core::TlsClientOptions options;
    options.ca = issued.certificate_pem();
    const auto client = new_client(options);
    FilterPair pair(new_server({test::entry_of(identity)}), *client, row.asked);
    CHECK(pair.shake() == identity->covers(row.asked));
  }
}

TEST_CASE("key updates in series are refused at the limit's next; data in between resets it") {
  const auto context = new_client(version_only(TlsVersion::k13));
  for (const std::uint32_t excess : {0U, 1U}) {
    CAPTURE(excess);
    Side server(TlsFilter::make_server(plain_server()));
    RawPeer client(*context);
    client.begin();
    client.talk_to(server);
    REQUIRE(server.filter->handshake_done());
    for (int round = 0; round < 2; ++round) {
      for (std::uint32_t i = 0; i < TlsFilter::kKeyUpdatesMax + excess; ++i) {
        if (SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED) != 1) break;
        client.begin();
        client.talk_to(server);
      }
      SSL_write(client.ssl(), "x", 1);
      client.talk_to(server);
    }
    CHECK(server.outcome == (excess == 0 ? Outcome::kWantsInput : Outcome::kFailed));
    CHECK(server.plain == (excess == 0 ? "xx" : ""));
    CHECK(server.filter->failure() == (excess == 0 ? "" : "too many key updates"));
  }
}

TEST_CASE("renegotiation is refused, though the client asks nicely") {
  const auto context = new_client(version_only(TlsVersion::k12));
  Side server(TlsFilter::make_server(plain_server()));
  RawPeer client(*context);
  client.begin();
  client.talk_to(server);
  REQUIRE(server.filter->handshake_done());
  SSL_clear_options(client.ssl(), SSL_OP_NO_RENEGOTIATION);
  REQUIRE(SSL_renegotiate(client.ssl()) == 1);
  client.begin();
  client.talk_to(server);
  CHECK(server.outcome == Outcome::kFailed);
  CHECK(server.filter->failure() == "renegotiation");
}

TEST_CASE("one record at a time is opened, key updates included, and counted as work") {
  const auto context = new_client(version_only(TlsVersion::k13));
  Side side(TlsFilter::make_server(plain_server()));
  RawPeer client(*context);
  client.begin();
  client.talk_to(side);
  REQUIRE(side.filter->handshake_done());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
    client.begin();
  }
  SSL_write(client.ssl(), "x", 1);
  const auto records = client.take_sent();
  auto& server = *side.filter;
  server.give(std::as_bytes(std::span(records)));
  const auto before = server.work();
  std::string plain;
  int calls = 0;
  for (auto outcome = Outcome::kDone; outcome == Outcome::kDone; ++calls) {
    const auto work = server.work();
    std::array<char, 100> buffer{};
    std::size_t size = 0;
    outcome = server.open(buffer, size, side.sent);
    plain.append(buffer.data(), size);
    CHECK(server.work() - work <= TlsFilter::kKeyUpdateWork + 1);
  }
  CHECK(plain == "x");
  CHECK(calls >= 4);
  CHECK(server.work() - before == 3 * TlsFilter::kKeyUpdateWork + 4);
}

TEST_CASE("a client's list of certificates is refused beyond 100 KiB, before it is looked at") {
  constexpr std::size_t kListBytesMax = std::size_t{100} * 1024;  // of OpenSSL, by default
  for (const std::size_t count : {1U, 600U}) {
    CAPTURE(count);
    std::vector<test::Issued> chain;
    chain.push_back(test::issue("root", test::ec_key()));
    for (std::size_t i = 1; i < count; ++i) {
      chain.push_back(test::issue("next", test::ec_key(), &chain.back()));
    }
    std::string pem;
    for (auto link = chain.rbegin(); link != chain.rend(); ++link) pem += link->certificate_pem();
    const bool is_large = pem.size() / 4 * 3 > kListBytesMax;
    REQUIRE(is_large == (count > 1));
    const auto server = new_server(
        {test::asking_entry(core::ClientAuth::kRequired, chain.front().certificate_pem())});
    for (const auto version : kVersions) {
      auto options = version_only(version);
      options.identity = core::TlsIdentity::from_pem(pem, chain.back().key_pem()).value();
      const auto client = new_client(options);
      FilterPair pair(server, *client);
      CHECK(pair.shake() != is_large);
      CHECK(pair.server.filter->failure() == (is_large ? "excessive message size" : ""));
    }
  }
}
