// Goal: the bytes of somebody's handshake, sent again, get nobody in and nothing answered, whole or
// cut, resumed or not; what is no handshake ends, or waits no longer than the deadline; whoever
// comes in the clear meanwhile gets answers. Method: a genuine conversation is recorded and sent
// again (hostile_client.h), records are made by hand; a whole server on each engine.

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/core/tls/hostile_client.h"
#include "tests/server/net/attacked_server.h"
#include "tests/server/net/tls_client.h"

namespace {

using core::TlsVersion;
using test::HostileClient;
using test::is_served;
using test::kLast;
using test::LiveServer;
using test::on_each_engine;
using test::TestClient;

constexpr std::array kVersions{TlsVersion::k12, TlsVersion::k13};

// What a genuine client has sent: its hello, the rest of its handshake, and a request.
struct Recording {
  std::string hello;
  std::string rest;
  std::string request;
  bool answered = false;

  [[nodiscard]] std::string all() const { return hello + rest + request; }
};

Recording record(std::uint16_t port, TlsVersion version,
                 const HostileClient::Session& session = nullptr) {
  Recording recording;
  HostileClient tls(version, session);
  TestClient socket(port);
  recording.hello = tls.hello();
  REQUIRE(socket.send(recording.hello));
  while (!tls.handshake_done()) {
    const std::string received = socket.read_some(65536);
    REQUIRE(!received.empty());
    const std::string more = tls.take(received);
    recording.rest += more;
    REQUIRE(socket.send(more));
  }
  recording.request = tls.seal(kLast);
  REQUIRE(socket.send(recording.request));
  for (std::string received; !(received = socket.read_some(65536)).empty();) {
    static_cast<void>(tls.take(received));
  }
  recording.answered = tls.plain().ends_with("hello\n");
  return recording;
}

// Sends it and waits for the end; whether that came without a word from a session.
void replay(LiveServer& server, std::string_view bytes) {
  TestClient socket(server.port(1));
  static_cast<void>(socket.send(bytes));
  socket.shut_down_sending();
  static_cast<void>(socket.read_to_end());
}

HostileClient::Session session_from(LiveServer& server, TlsVersion version) {
  core::TlsClientOptions options;
  options.keep_sessions = true;
  options.min_version = options.max_version = version;
  test::TlsClient client(server.port(1), "", options);
  REQUIRE(client.shake_hands());
  REQUIRE(client.send(kLast));
  REQUIRE(client.read_to_end().has_value());
  REQUIRE(client.filter().session() != nullptr);
  return client.filter().session();
}

std::string handshake_record(std::string_view bytes) {
  return std::string("\x16\x03\x03", 3) + static_cast<char>(bytes.size() / 256) +
         static_cast<char>(bytes.size() % 256) + std::string(bytes);
}

std::string times(int count, std::string_view record) {
  std::string all;
  for (int i = 0; i < count; ++i) all += record;
  return all;
}

// Refused, though the client keeps its side open.
void check_refused(LiveServer& server, const std::string& bytes) {
  const auto failed = server.counters().tls_failed.value();
  TestClient socket(server.port(1));
  static_cast<void>(socket.send(bytes));
  CHECK(is_served(server));
  CHECK(LiveServer::eventually([&] { return server.counters().tls_failed.value() > failed; }));
  static_cast<void>(socket.read_to_end());
}

}  // namespace

TEST_CASE("a full handshake and its request, sent again, whole or cut, are not answered") {
  for (const auto version : kVersions) {
    on_each_engine([version](LiveServer& server) {
      const auto recording = record(server.port(1), version);
      REQUIRE(recording.answered);
      const auto exchanges = server.counters().exchanges.value();
      const auto all = recording.all();
      for (std::size_t size = 1; size < all.size(); size += 37) replay(server, all.substr(0, size));
      CHECK(server.counters().tls_handshakes.value() == 1);
      check_refused(server, all);
      check_refused(server, recording.hello + recording.request);
      CHECK(server.counters().tls_handshakes.value() == 1);
      CHECK(server.counters().exchanges.value() == exchanges + 2);  // of is_served()
    });
  }
}

TEST_CASE("a resumption, sent again, is not answered") {
  for (const auto version : kVersions) {
    on_each_engine([version](LiveServer& server) {
      const auto recording = record(server.port(1), version, session_from(server, version));
      REQUIRE(recording.answered);
      const auto exchanges = server.counters().exchanges.value();
      const auto handshakes = server.counters().tls_handshakes.value();
      const auto all = recording.all();
      for (std::size_t size = 1; size < all.size(); size += 37) replay(server, all.substr(0, size));
      check_refused(server, all);
      check_refused(server, recording.hello + recording.request);
      CHECK(server.counters().tls_handshakes.value() == handshakes);
      CHECK(server.counters().exchanges.value() == exchanges + 2);
    });
  }
}

TEST_CASE("early data that nobody has allowed is skipped, sent once or again") {
  on_each_engine([](LiveServer& server) {
    const auto session = session_from(server, TlsVersion::k13);
    const auto exchanges = server.counters().exchanges.value();
    HostileClient tls(TlsVersion::k13, session);
    const std::string hello = tls.hello(kLast);
    TestClient socket(server.port(1));
    REQUIRE(socket.send(hello));
    while (!tls.handshake_done()) {
      const std::string received = socket.read_some(65536);
      REQUIRE(!received.empty());
      REQUIRE(socket.send(tls.take(received)));
    }
    for (int i = 0; i < 10; ++i) replay(server, hello);
    // As early data of half its size, and then as much of it as is skipped, and more.
    check_refused(server, hello + times(200, hello.substr(hello.size() - 100)));
    CHECK(server.counters().exchanges.value() == exchanges + 1);  // of is_served()

    REQUIRE(socket.send(tls.seal(kLast)));
    for (std::string received; !(received = socket.read_some(65536)).empty();) {
      static_cast<void>(tls.take(received));
    }
    CHECK(tls.plain().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(tls.plain().find("HTTP/1.1", 1) == std::string::npos);
    CHECK(server.counters().exchanges.value() == exchanges + 2);
  });
}

TEST_CASE("floods of records without content are refused in the handshake") {
  on_each_engine([](LiveServer& server) {
    const std::string hello = HostileClient(TlsVersion::k13).hello();
    const std::string change("\x14\x03\x03\x00\x01\x01", 6);
    check_refused(server, times(4000, handshake_record("")));
    check_refused(server, hello + times(4000, handshake_record("")));
    check_refused(server, times(4000, {"\x15\x03\x03\x00\x02\x01\x5a", 7}));
    check_refused(server, hello + times(4000, {"\x15\x03\x03\x00\x02\x01\x5a", 7}));
    check_refused(server, times(4000, change));
    check_refused(server, hello + times(4000, change));
    CHECK(server.counters().tls_handshakes.value() == 0);
  });
}

TEST_CASE("a hello without end is refused, and one that never ends waits for the deadline only") {
  config::Limits limits;
  limits.header_timeout = std::chrono::milliseconds(500);
  on_each_engine(
      [](LiveServer& server) {
        check_refused(server, handshake_record({"\x01\xff\xff\xff\x03\x03", 6}) +
                                  times(200, handshake_record(std::string(16000, 'x'))));
        // The largest that OpenSSL takes is 128 KiB.
        const std::string large = handshake_record({"\x01\x01\xff\xff\x03\x03", 6}) +
                                  times(7, handshake_record(std::string(16000, 'x')));
        const std::string fragments = handshake_record({"\x01\x01\xff\xff\x03\x03", 6}) +
                                      times(20'000, handshake_record("x"));
        std::vector<TestClient> waiting;
        for (const auto& bytes : {large, fragments}) {
          for (int i = 0; i < 5; ++i) {
            waiting.emplace_back(server.port(1));
            CHECK(waiting.back().send(bytes));
          }
        }
        CHECK(is_served(server));
        for (auto& socket : waiting) CHECK(socket.closed_by_peer());
        CHECK(server.counters().deadlines_passed.value() == 10);
      },
      limits);
}
