// Goal: whatever bytes arrive, a filter neither aborts nor invents plaintext, and the undamaged
// direction goes on. Method: whole conversations with a random byte changed, lost or doubled, cut
// at random; the seed is printed.

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "core/tls/tls_filter.h"
#include "tests/core/tls/filter_pair.h"
#include "tests/core/tls/raw_peer.h"

namespace {

using core::TlsFilter;
using core::TlsVersion;
using test::FilterPair;
using test::kVersions;
using test::kWhole;
using test::Outcome;
using test::Side;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t limit) { return engine_() % limit; }

 private:
  std::minstd_rand engine_;
};

void damage(std::string& bytes, Dice& dice) {
  if (bytes.empty()) return;
  const auto at = dice.below(bytes.size());
  switch (dice.below(4)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << dice.below(8)));
      break;
    case 1:
      bytes.erase(at, 1 + dice.below(8));
      break;
    case 2:
      bytes.insert(at, bytes.substr(at, 1 + dice.below(40)));
      break;
    default:
      bytes[at] = static_cast<char>(dice.below(256));
  }
}

test::ServerContextPtr ticket_server() {
  core::TlsServerOptions options;
  options.ticket_keys = core::TicketKeys::rotating();
  return test::new_server({test::entry_of(test::any_identity())}, options);
}

// A handshake and some data, the damage in flight number `damaged`.
void converse(FilterPair& pair, Dice& dice, std::size_t damaged) {
  pair.client.begin();
  for (std::size_t flight = 0; flight < 8; ++flight) {
    const bool up = flight % 2 == 0;
    auto& from = up ? pair.client : pair.server;
    if (from.filter->handshake_done() && from.outcome != Outcome::kFailed) {
      static_cast<void>(from.filter->seal(up ? "question" : "answer", from.sent));
      if (dice.below(4) == 0) from.filter->close(from.sent);
    }
    if (flight == damaged) damage(from.sent.text, dice);
    deliver(from, up ? pair.server : pair.client, 1 + dice.below(3000));
  }
}

// check(pair, dice, round), so often for each version, each time with a new pair.
template <typename Check>
void on_many_pairs(int rounds, Check check) {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  Dice dice(seed);
  const auto server = ticket_server();
  for (const auto version : kVersions) {
    const auto client = test::new_client(test::version_only(version));
    for (int round = 0; round < rounds; ++round) {
      CAPTURE(round);
      FilterPair pair(server, *client);
      check(pair, dice, round);
    }
  }
}

bool consists_of(std::string_view text, std::string_view word) {
  while (text.starts_with(word)) text.remove_prefix(word.size());
  return text.empty();
}

}  // namespace

TEST_CASE("conversations with one flight damaged") {
  on_many_pairs(400, [](FilterPair& pair, Dice& dice, int) {
    converse(pair, dice, dice.below(6));
    REQUIRE(consists_of(pair.server.plain, "question"));
    REQUIRE(consists_of(pair.client.plain, "answer"));
    for (const auto* side : {&pair.server, &pair.client}) {
      if (side->outcome == Outcome::kFailed) REQUIRE_FALSE(side->filter->failure().empty());
    }
  });
}

TEST_CASE("noise in place of any flight") {
  on_many_pairs(100, [](FilterPair& pair, Dice& dice, int round) {
    if (round % 2 == 0) REQUIRE(pair.shake());
    std::string noise;
    for (int record = 0; record < 10; ++record) {
      const auto size = dice.below(64);
      noise +=
          {static_cast<char>(20 + dice.below(5)), '\x03', '\x03', '\0', static_cast<char>(size)};
      for (std::size_t i = 0; i < size; ++i) noise += static_cast<char>(dice.below(256));
    }
    pair.server.take(noise);
    if (round % 2 != 0) pair.client.begin();
    pair.client.take(noise);
    REQUIRE(pair.server.plain.empty());
    REQUIRE(pair.client.plain.empty());
  });
}

TEST_CASE("a client that has closed its side still takes the ticket and the answer") {
  const auto server = ticket_server();
  for (const auto version : kVersions) {
    auto options = test::version_only(version);
    options.keep_sessions = true;
    const auto client = test::new_client(options);
    FilterPair pair(server, *client);
    pair.client.begin();
    while (!pair.client.filter->handshake_done()) {
      deliver(pair.client, pair.server, kWhole);
      deliver(pair.server, pair.client, kWhole);
    }
    REQUIRE(pair.client.filter->seal("question", pair.client.sent));
    pair.client.filter->close(pair.client.sent);
    deliver(pair.client, pair.server, kWhole);
    CHECK(pair.server.plain == "question");
    CHECK(pair.server.outcome == Outcome::kEnded);
    REQUIRE(pair.server.filter->seal("answer", pair.server.sent));
    pair.server.filter->close(pair.server.sent);
    deliver(pair.server, pair.client, kWhole);
    CHECK(pair.client.plain == "answer");
    CHECK(pair.client.outcome == Outcome::kEnded);
    CHECK(pair.client.filter->session() != nullptr);
  }
}

TEST_CASE("a server that has closed its side still reads, key updates included") {
  const auto context = test::new_client(test::version_only(TlsVersion::k13));
  for (const int kind : {SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED}) {
    CAPTURE(kind);
    Side server(TlsFilter::make_server(test::plain_server()));
    test::RawPeer client(*context);
    client.begin();
    client.talk_to(server);
    REQUIRE(server.filter->handshake_done());
    server.filter->close(server.sent);
    REQUIRE(SSL_key_update(client.ssl(), kind) == 1);
    client.begin();
    SSL_write(client.ssl(), "more", 4);
    client.talk_to(server);
    CHECK(server.plain == "more");
    CHECK(server.outcome == Outcome::kWantsInput);
  }
}
