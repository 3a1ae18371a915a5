// Goal: a client address at its limit of pending handshakes is refused while others are served, and
// its places come back once each, whatever ends a handshake. Method: a real server with room for
// four per address on each engine; clients from several addresses of this machine that send half a
// ClientHello.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/net/tls_client.h"

namespace {

using test::LiveServer;
using test::TestClient;
using test::TlsClient;

constexpr std::size_t kPlaces = 4;
constexpr const char* kOne = "127.0.0.1";
constexpr const char* kOther = "127.0.0.2";
constexpr const char* kBalancer = "127.0.0.8";
const std::string kHalfHello("\x16\x03\x01\x02\x00\x01\x00", 7);

config::Config config_of(const std::string& root, const config::Limits& limits) {
  config::Config config;
  config.listen.resize(1);
  config.listen[0].tls = config::ListenTls::kSelfSigned;
  config.sites.push_back(test::folder_site(root));
  config.limits = limits;
  config.lanes.tls = {1, 2 * kPlaces};
  return config;
}

template <typename Check>
void on_each_engine(Check check, const test::LiveOptions& base = {}) {
  const test::TemporaryDirectory directory;
  directory.write("small", "hello\n");
  test::on_engines([&](const core::Engine& engine) {
    test::LiveOptions options = base;
    options.engine = engine;
    LiveServer server(config_of(directory.path(), base.limits), options);
    check(server);
  });
}

std::uint64_t refused(const LiveServer& server) {
  return server.counters().tls_refused_address.value();
}

// `count` clients that have begun, and no more; the server knows all of them.
std::vector<TestClient> half_open(LiveServer& server, std::size_t count, const char* source = kOne,
                                  const std::string& before = "") {
  const std::uint64_t accepted = server.counters().connections_accepted.value();
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.emplace_back(server.port(), 0, source);
    REQUIRE(clients.back().send(before + kHalfHello));
  }
  REQUIRE(LiveServer::eventually(
      [&] { return server.counters().connections_accepted.value() == accepted + count; }));
  return clients;
}

// Over a connection of its own, which it returns.
std::unique_ptr<TlsClient> served(LiveServer& server, const char* source = kOne,
                                  const std::string& before = "") {
  auto client = std::make_unique<TlsClient>(server.port(), "localhost", core::TlsClientOptions{},
                                            nullptr, 0, source);
  client->socket().send(before);
  if (!client->shake_hands()) return nullptr;
  client->send("GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n");
  if (!client->read(1).ends_with("hello\n")) return nullptr;
  return client;
}

}  // namespace

TEST_CASE("an address at its limit is refused and told nothing, another is served") {
  on_each_engine([](LiveServer& server) {
    const std::vector<TestClient> pending = half_open(server, kPlaces);
    for (std::uint64_t i = 1; i <= 10; ++i) {
      TestClient more(server.port());
      REQUIRE(more.send(kHalfHello));
      CHECK(more.read_some(1).empty());
      CHECK(refused(server) == i);
    }
    CHECK(server.server().connections() == kPlaces);
    const auto other = served(server, kOther);
    CHECK(other != nullptr);
    CHECK(refused(server) == 10);
  });
}

TEST_CASE("handshakes that are done take no place") {
  on_each_engine([](LiveServer& server) {
    std::vector<std::unique_ptr<TlsClient>> done;
    for (std::size_t i = 0; i < 3 * kPlaces; ++i) {
      done.push_back(served(server));
      REQUIRE(done.back() != nullptr);
    }
    // All of them are there, and the ends of them make no room for more than there was.
    const std::vector<TestClient> pending = half_open(server, kPlaces);
    done.clear();
    CHECK(LiveServer::eventually([&] { return server.server().connections() == kPlaces; }));
    CHECK(served(server) == nullptr);
    CHECK(refused(server) == 1);
  });
}

TEST_CASE("places come back, all of them and no more, whatever ends a handshake") {
  struct Ending {
    const char* name;
    std::function<void(std::vector<TestClient>&)> end;
  };
  const std::vector<Ending> endings{
      {"the client closes", [](std::vector<TestClient>& clients) { clients.clear(); }},
      {"the client resets",
       [](std::vector<TestClient>& clients) {
         const linger at_once{1, 0};
         for (const TestClient& client : clients) {
           REQUIRE(::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
         }
         clients.clear();
       }},
      {"the client ends its side",
       [](std::vector<TestClient>& clients) {
         for (TestClient& client : clients) {
           client.shut_down_sending();
           CHECK(client.closed_by_peer());
         }
       }},
      // It is told so, and its connection goes on for a while: for that it needs no place.
      {"the handshake fails",
       [](std::vector<TestClient>& clients) {
         for (TestClient& client : clients) {
           REQUIRE(client.send(std::string(1000, 'x')));
           CHECK_FALSE(client.read_some(1).empty());
         }
       }},
  };
  for (const Ending& ending : endings) {
    CAPTURE(ending.name);
    on_each_engine([&](LiveServer& server) {
      for (int round = 0; round < 3; ++round) {
        std::vector<TestClient> pending = half_open(server, kPlaces);
        ending.end(pending);
        // Refused until the server has seen the end.
        CHECK(LiveServer::eventually([&] { return served(server) != nullptr; }));
      }
      const std::uint64_t before = refused(server);
      const std::vector<TestClient> full = half_open(server, kPlaces);
      CHECK(served(server) == nullptr);
      CHECK(refused(server) == before + 1);
    });
  }
}

TEST_CASE("the deadline of handshakes makes room") {
  test::LiveOptions options;
  options.limits.header_timeout = std::chrono::milliseconds(300);
  on_each_engine(
      [](LiveServer& server) {
        for (int round = 0; round < 2; ++round) {
          std::vector<TestClient> pending = half_open(server, kPlaces);
          for (TestClient& client : pending) CHECK(client.closed_by_peer());
          CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
          CHECK(served(server) != nullptr);
        }
        CHECK(server.counters().deadlines_passed.value() == 2 * kPlaces);
      },
      options);
}

TEST_CASE("behind a balancer it is the client that counts, once the PROXY header has named it") {
  test::LiveOptions options;
  options.policy.proxy_protocol = {
      {{*core::parse_ip_address(kBalancer), core::AddressBlock::kBitsMax}}, false};
  const std::string one = "PROXY TCP4 192.0.2.1 192.0.2.9 4711 443\r\n";
  const std::string other = "PROXY TCP4 192.0.2.2 192.0.2.9 4711 443\r\n";
  on_each_engine(
      [&](LiveServer& server) {
        // The balancer's own, and those of whom nothing is known yet.
        const auto own = half_open(server, kPlaces + 1, kBalancer, "PROXY UNKNOWN\r\n");
        std::vector<TestClient> unknown;
        for (std::size_t i = 0; i < kPlaces + 1; ++i) {
          unknown.emplace_back(server.port(), 0, kBalancer);
          REQUIRE(unknown.back().send("PROXY TCP4 192.0.2.1 "));
        }
        CHECK(served(server, kBalancer, one) != nullptr);

        std::vector<TestClient> pending = half_open(server, kPlaces, kBalancer, one);
        for (std::uint64_t i = 1; i <= 5; ++i) {
          TestClient more(server.port(), 0, kBalancer);
          REQUIRE(more.send(one + kHalfHello));
          CHECK(more.read_some(1).empty());
          CHECK(refused(server) == i);
        }
        CHECK(served(server, kBalancer, other) != nullptr);
        pending.pop_back();
        CHECK(LiveServer::eventually([&] { return served(server, kBalancer, one) != nullptr; }));
      },
      options);
}
