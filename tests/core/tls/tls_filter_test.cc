// Goal: whatever the cutting, the version and the direction, the bytes come out as they went in,
// and an end is told from a cut. Method: two filters in memory (filter_pair.h).

#include "core/tls/tls_filter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/core/base/death.h"
#include "tests/core/tls/filter_pair.h"

namespace {

using core::TlsVersion;
using test::FilterPair;
using test::kVersions;
using test::kWhole;
using test::new_client;
using test::new_server;
using test::Outcome;
using test::plain_server;
using test::version_only;
using test::Wire;

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::minstd_rand random(static_cast<unsigned>(size) + 1);
  std::ranges::generate(bytes, [&random] { return static_cast<char>(random()); });
  return bytes;
}

}  // namespace

TEST_CASE("a handshake and data both ways, in both versions, whatever the pieces") {
  for (const auto version : kVersions) {
    for (const std::size_t piece : {kWhole, std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      CAPTURE(piece);
      const auto client = new_client(version_only(version));
      FilterPair pair(plain_server(), *client);
      CHECK_FALSE(pair.server.filter->handshake_done());
      REQUIRE(pair.shake(piece));
      const std::string_view name = version == TlsVersion::k12 ? "TLSv1.2" : "TLSv1.3";
      CHECK(pair.server.filter->version() == name);
      CHECK(pair.client.filter->version() == name);
      CHECK(pair.server.filter->cipher() == pair.client.filter->cipher());
      CHECK_FALSE(pair.server.filter->resumed());
      CHECK(pair.server.filter->server_name() == "a.example");
      CHECK(pair.server.filter->alpn().empty());
      CHECK(pair.server.filter->client_subject().empty());
      CHECK(pair.client.filter->peer_certificate() == test::any_identity()->to_pem().chain);
      REQUIRE(pair.client.filter->seal("question", pair.client.sent));
      REQUIRE(pair.server.filter->seal("answer", pair.server.sent));
      pair.pump(piece);
      CHECK(pair.server.plain == "question");
      CHECK(pair.client.plain == "answer");
      CHECK(pair.server.outcome == Outcome::kWantsInput);
    }
  }
}

TEST_CASE("data of odd sizes in both directions arrives whole and in order") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    REQUIRE(pair.shake());
    std::string up;
    std::string down;
    for (const std::size_t size : {0U, 1U, 2U, 16383U, 16384U, 16385U, 32768U, 100001U, 1048577U}) {
      CAPTURE(size);
      const auto bytes = noise(size);
      REQUIRE(pair.client.filter->seal(bytes, pair.client.sent));
      REQUIRE(pair.server.filter->seal(bytes + "!", pair.server.sent));
      up += bytes;
      down += bytes + "!";
      pair.pump(size % 2 == 0 ? 4093 : 16401);
      REQUIRE(pair.server.plain == up);
      REQUIRE(pair.client.plain == down);
    }
  }
}

TEST_CASE("nothing to seal sends nothing") {
  const auto client = new_client();
  FilterPair pair(plain_server(), *client);
  REQUIRE(pair.shake());
  CHECK(pair.client.filter->seal("", pair.client.sent));
  CHECK(pair.client.sent.text.empty());
}

TEST_CASE("data that comes with the end of the handshake stays in unread()") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    pair.client.begin();
    while (!pair.client.filter->handshake_done()) {
      deliver(pair.client, pair.server, kWhole);
      deliver(pair.server, pair.client, kWhole);
    }
    const bool waits = !pair.client.sent.text.empty();
    if (waits) REQUIRE(pair.client.filter->seal("early bird", pair.client.sent));
    if (version == TlsVersion::k13) REQUIRE(waits);
    deliver(pair.client, pair.server, kWhole);
    CHECK(pair.server.plain == (waits ? "early bird" : ""));
  }
}

TEST_CASE("who stops asking keeps unread() and asks on later, even into a small buffer") {
  const auto client = new_client();
  FilterPair pair(plain_server(), *client);
  REQUIRE(pair.shake());
  std::string bytes;
  for (const std::size_t size : {20000U, 5U, 16384U}) {
    const auto part = noise(size);
    REQUIRE(pair.client.filter->seal(part, pair.client.sent));
    bytes += part;
  }
  auto& server = *pair.server.filter;
  std::string records = pair.client.sent.take();
  server.give(std::as_bytes(std::span(records)));
  std::string plain;
  std::vector<char> buffer(1000);
  std::size_t size = 0;
  REQUIRE(server.open(buffer, size, pair.server.sent) == Outcome::kDone);
  CHECK(size == 1000);
  plain.append(buffer.data(), size);
  const auto left = server.unread().size();
  CHECK(left > 20000);
  CHECK(left < records.size());
  // The caller moves what is left to another place, as a connection does that gives its buffer up.
  const std::string moved = records.substr(records.size() - left);
  std::ranges::fill(records, '\0');
  server.give(std::as_bytes(std::span(moved)));
  auto outcome = Outcome::kDone;
  while ((outcome = server.open(buffer, size, pair.server.sent)) == Outcome::kDone) {
    plain.append(buffer.data(), size);
  }
  CHECK(outcome == Outcome::kWantsInput);
  CHECK(server.unread().empty());
  CHECK(plain == bytes);
}

TEST_CASE("close_notify is an end, in one direction only; a second close says nothing") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    Wire nothing;
    pair.server.filter->close(nothing);
    CHECK(nothing.text.empty());
    REQUIRE(pair.shake());
    REQUIRE(pair.client.filter->seal("last words", pair.client.sent));
    pair.client.filter->close(pair.client.sent);
    const auto size = pair.client.sent.text.size();
    pair.client.filter->close(pair.client.sent);
    CHECK(pair.client.sent.text.size() == size);
    CHECK_FALSE(pair.client.filter->seal("after the end", pair.client.sent));
    pair.pump();
    CHECK(pair.server.plain == "last words");
    CHECK(pair.server.outcome == Outcome::kEnded);
  }
}

TEST_CASE("after the client's close_notify the server still answers") {
  for (const auto version : kVersions) {
    const auto client = new_client(version_only(version));
    FilterPair pair(plain_server(), *client);
    REQUIRE(pair.shake());
    pair.client.filter->close(pair.client.sent);
    pair.pump();
    REQUIRE(pair.server.outcome == Outcome::kEnded);
    REQUIRE(pair.server.filter->seal("the rest", pair.server.sent));
    pair.server.filter->close(pair.server.sent);
    pair.pump();
    CHECK(pair.client.plain == "the rest");
    CHECK(pair.client.outcome == Outcome::kEnded);
  }
}

TEST_CASE("records without close_notify, or cut off, leave the filter wanting more") {
  const auto client = new_client();
  FilterPair pair(plain_server(), *client);
  REQUIRE(pair.shake());
  REQUIRE(pair.client.filter->seal(noise(100), pair.client.sent));
  pair.client.sent.text.pop_back();
  pair.pump();
  CHECK(pair.server.plain.empty());
  CHECK(pair.server.outcome == Outcome::kWantsInput);
}

TEST_CASE("a filter outlives the pointers to the contexts it was made from") {
  auto client = new_client();
  auto server = plain_server();
  FilterPair pair(std::move(server), *client);
  client.reset();
  CHECK(pair.shake());
}

TEST_CASE("a session is not spoilt by a connection that ends without close_notify") {
  core::TlsServerOptions server_options;
  server_options.ticket_keys = core::TicketKeys::rotating();
  const auto server = new_server({test::entry_of(test::any_identity())}, server_options);
  for (const auto version : kVersions) {
    auto options = version_only(version);
    options.keep_sessions = true;
    const auto client = new_client(options);
    auto first = std::make_unique<FilterPair>(server, *client);
    REQUIRE(first->shake());
    const auto session = first->client.filter->session();
    first.reset();
    FilterPair second(server, *client, "a.example", session);
    REQUIRE(second.shake());
    CHECK(second.client.filter->resumed());
  }
}

TEST_CASE("a server name longer than DNS allows is not sent, and no reason to end the process") {
  const auto client = new_client();
  for (const std::size_t size : {255U, 256U, 70000U}) {
    CAPTURE(size);
    FilterPair pair(plain_server(), *client, std::string(size, 'a'));
    REQUIRE(pair.shake());
    CHECK(pair.server.filter->server_name().size() == (size == 255 ? 255 : 0));
  }
}

TEST_CASE("a handshake after its end, and data before it, are mistakes of the caller") {
  const auto client = new_client();
  FilterPair pair(plain_server(), *client);
  CHECK(test::death_of([&] {
          static_cast<void>(pair.server.filter->seal("x", pair.server.sent));
        }).aborted);
  REQUIRE(pair.shake());
  CHECK(test::death_of([&] {
          static_cast<void>(pair.server.filter->handshake({}, pair.server.sent));
        }).aborted);
}
