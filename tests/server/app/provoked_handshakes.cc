// What TLS is counted by.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "tests/core/tls/hostile_client.h"
#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"
#include "tests/server/net/tls_client.h"

namespace test {
namespace {

const std::string kHalfHello("\x16\x03\x01\x02\x00\x01\x00", 7);

std::string refused(const std::string& reason) {
  return "ouro_connections_refused_total{reason=\"" + reason + "\"}";
}

ProvokedServer tls_server(const core::Engine& engine, config::Lanes::Tls lane = {}) {
  LiveOptions options;
  options.engine = engine;
  config::Config config;
  config.listen.resize(1);
  config.listen[0].tls = config::ListenTls::kSelfSigned;
  config.lanes.tls = lane;
  return ProvokedServer(options, std::move(config));
}

Samples shake_hands(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine);
  TlsClient client(server.port());
  REQUIRE(client.shake_hands());
  Samples samples = server.until_moved(
      {R"(ouro_tls_handshakes_total{loop="0"})", R"(ouro_lane_threads{lane="tls"})",
       R"(ouro_lane_finished_total{lane="tls"})", R"(ouro_lane_drain_rate{lane="tls"})",
       R"(ouro_lane_wait_seconds_count{lane="tls"})",
       R"(ouro_lane_run_seconds_count{lane="tls"})"});
  CHECK(samples.at(R"(ouro_tls_failures_total{loop="0"})") == 0);
  return samples;
}

Samples send_garbage(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine);
  TestClient client(server.port());
  REQUIRE(client.send(std::string(1000, 'x')));
  static_cast<void>(client.read_to_end());
  Samples samples = server.until_moved({R"(ouro_tls_failures_total{loop="0"})"});
  CHECK(samples.at(R"(ouro_tls_handshakes_total{loop="0"})") == 0);
  return samples;
}

// Each from an address of its own: one may have but one handshake pending where the queue has one
// place.
std::vector<std::unique_ptr<TlsClient>> crowd(const ProvokedServer& server) {
  constexpr int kCount = 100;
  std::vector<std::unique_ptr<TlsClient>> clients;
  for (int i = 0; i < kCount; ++i) {
    const std::string source = "127.0.0." + std::to_string(100 + i);
    clients.push_back(std::make_unique<TlsClient>(
        server.port(), "localhost", core::TlsClientOptions{}, nullptr, 0, source.c_str()));
  }
  for (const auto& client : clients) client->begin();
  return clients;
}

Samples come_as_a_crowd(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine, {1, 1});
  std::vector<std::unique_ptr<TlsClient>> clients;
  Samples samples =
      server.until_moved({refused("tls_queue"), R"(ouro_lane_refused_total{lane="tls"})"},
                         [&] { clients = crowd(server); });
  CHECK(samples.at(refused("handshakes_per_address")) == 0);
  return samples;
}

Samples queue_for_handshakes(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine, {1, 1024});
  std::vector<std::unique_ptr<TlsClient>> clients;
  return server.until_moved({R"(ouro_lane_queued{lane="tls"})"}, [&] { clients = crowd(server); });
}

Samples begin_too_often(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine, {1, 8});
  std::vector<TestClient> clients;
  Samples samples = server.until_moved({refused("handshakes_per_address")}, [&] {
    clients.emplace_back(server.port());
    static_cast<void>(clients.back().send(kHalfHello));
  });
  CHECK(clients.size() >= 4);  // half of the queue
  CHECK(samples.at(refused("tls_queue")) == 0);
  return samples;
}

// Records of one byte, by the thousand.
Samples send_small_records(const core::Engine& engine) {
  const ProvokedServer server = tls_server(engine);
  TestClient socket(server.port());
  HostileClient tls(core::TlsVersion::k13);
  REQUIRE(socket.send(tls.hello()));
  while (!tls.handshake_done()) {
    const std::string received = socket.read_some(65536);
    REQUIRE(!received.empty());
    REQUIRE(socket.send(tls.take(received)));
  }
  // Whoever has had an answer may send megabytes ahead, which arrive in one turn.
  REQUIRE(socket.send(tls.seal(kGetSmall)));
  while (!tls.plain().ends_with("hello\n")) {
    const std::string received = socket.read_some(65536);
    REQUIRE(!received.empty());
    REQUIRE(socket.send(tls.take(received)));
  }
  return server.until_moved({R"(ouro_tls_pauses_total{loop="0"})"}, [&] {
    std::string records;
    for (int i = 0; i < 50; ++i) {
      for (const char byte : kGetSmall) records += tls.seal({&byte, 1});
    }
    REQUIRE(socket.send(records));
  });
}

}  // namespace

std::vector<Provocation> provoked_handshakes() {
  return {{"a handshake", shake_hands},
          {"garbage instead of a handshake", send_garbage},
          {"more handshakes than the lane has places", come_as_a_crowd},
          {"handshakes that wait", queue_for_handshakes},
          {"more handshakes than an address may begin", begin_too_often},
          {"records of one byte", send_small_records}};
}

}  // namespace test
