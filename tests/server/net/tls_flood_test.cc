// Goal: a client that floods a TLS connection with records that carry next to nothing is served a
// little per turn, or refused, and holds little memory; whoever comes in the clear meanwhile gets
// answers. Method: an OpenSSL client that does what it should not (hostile_client.h), against a
// whole server on each engine, and against a loop that the test turns and whose memory it reads.

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/core/tls/hostile_client.h"
#include "tests/server/app/tls_files.h"
#include "tests/server/net/attacked_server.h"
#include "tests/server/net/turned_loop.h"

namespace {

using core::TlsFilter;
using core::TlsVersion;
using server::TlsTransport;
using test::HostileClient;
using test::is_served;
using test::kGet;
using test::kLast;
using test::LiveServer;
using test::on_each_engine;
using test::TestClient;

// At most so many key updates are opened in a turn; one may pass the limit.
constexpr std::uint64_t kUpdatesPerTurn =
    TlsTransport::kWorkPerTurn / (TlsFilter::kKeyUpdateWork + 1) + 1;

// A hostile client on a socket.
class Attacker {
 public:
  Attacker(std::uint16_t port, TlsVersion version) : tls(version), socket_(port) {
    send(tls.hello());
    while (!tls.handshake_done() && read()) {
    }
    REQUIRE(tls.handshake_done());
  }

  void send(std::string_view bytes) const { static_cast<void>(socket_.send(bytes)); }
  // What the server says next; false at the end.
  bool read() {
    const std::string received = socket_.read_some(65536);
    if (!received.empty()) send(tls.take(received));
    return !received.empty() && !tls.failed();
  }
  // Sends all of it and takes what comes meanwhile, so that neither side waits for the other.
  void exchange(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd request{socket_.fd(), POLLIN | POLLOUT, 0};
      REQUIRE(::poll(&request, 1, 20'000) == 1);
      if ((request.revents & POLLIN) != 0 && !read()) return;
      if ((request.revents & POLLOUT) == 0) continue;
      const ssize_t size = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  void read_to_end() {
    while (read()) {
    }
  }
  bool read_until(std::string_view ending) {
    while (!tls.plain().ends_with(ending)) {
      if (!read()) return false;
    }
    return true;
  }

  HostileClient tls;

 private:
  TestClient socket_;
};

}  // namespace

TEST_CASE("key updates by the thousand with a byte of a request in between take a turn each few") {
  on_each_engine([](LiveServer& server) {
    Attacker attacker(server.port(1), TlsVersion::k13);
    // Whoever has had an answer may send megabytes ahead, which arrive in one turn.
    attacker.send(attacker.tls.seal(kGet));
    REQUIRE(attacker.read_until("hello\n"));
    const auto turns_before = server.server().loop(0).statistics().turns.value();
    std::string flood;
    std::uint64_t updates = 0;
    for (const char byte : kLast) {
      flood += attacker.tls.key_updates(TlsFilter::kKeyUpdatesMax);
      flood += attacker.tls.seal({&byte, 1});
      updates += TlsFilter::kKeyUpdatesMax;
    }
    attacker.send(flood);
    CHECK(is_served(server));
    attacker.read_to_end();
    CHECK(attacker.tls.plain().ends_with("hello\n"));
    const auto turns = server.server().loop(0).statistics().turns.value() - turns_before;
    CHECK(turns * kUpdatesPerTurn >= updates);
    CHECK(server.counters().tls_pauses.value() > 0);
    CHECK(server.counters().tls_failed.value() == 0);
    CHECK(is_served(server));
  });
}

TEST_CASE("records of one byte take a turn each few dozen") {
  for (const auto version : {TlsVersion::k12, TlsVersion::k13}) {
    on_each_engine([version](LiveServer& server) {
      Attacker attacker(server.port(1), version);
      attacker.send(attacker.tls.seal(kGet));
      REQUIRE(attacker.read_until("hello\n"));
      const auto turns_before = server.server().loop(0).statistics().turns.value();
      std::string flood;
      std::uint64_t records = 0;
      for (int i = 0; i < 100; ++i) {
        for (const char byte : i < 99 ? kGet : kLast) {
          flood += attacker.tls.seal({&byte, 1});
          ++records;
        }
      }
      attacker.exchange(flood);
      CHECK(is_served(server));
      attacker.read_to_end();
      CHECK(attacker.tls.plain().ends_with("hello\n"));
      const auto turns = server.server().loop(0).statistics().turns.value() - turns_before;
      CHECK(turns * TlsTransport::kWorkPerTurn >= records);
      CHECK(server.counters().tls_pauses.value() > 0);
      CHECK(server.counters().exchanges.value() >= 101);
    });
  }
}

TEST_CASE("key updates in series and renegotiation end the connection") {
  on_each_engine([](LiveServer& server) {
    Attacker updates(server.port(1), TlsVersion::k13);
    updates.send(updates.tls.key_updates(5000));
    CHECK(is_served(server));
    updates.read_to_end();
    CHECK(LiveServer::eventually([&] { return server.counters().tls_failed.value() == 1; }));

    for (int i = 0; i < 20; ++i) {
      Attacker again(server.port(1), TlsVersion::k12);
      again.send(again.tls.renegotiation());
      again.read_to_end();
    }
    CHECK(is_served(server));
    CHECK(LiveServer::eventually([&] { return server.counters().tls_failed.value() == 21; }));
  });
}

TEST_CASE("what comes behind close_notify is ignored, and the answer is not kept waiting for it") {
  on_each_engine([](LiveServer& server) {
    Attacker attacker(server.port(1), TlsVersion::k13);
    std::string records = attacker.tls.seal(kGet);
    records += attacker.tls.close();
    attacker.send(records + "not a record");
    attacker.read_to_end();
    CHECK(attacker.tls.plain().ends_with("hello\n"));
    CHECK(server.counters().exchanges.value() == 1);
  });
}

TEST_CASE("answers to key updates do not pile up in front of a client that reads nothing") {
  const auto identity = test::make_identity({"localhost"});
  core::TlsEntry entry;
  entry.identities = {identity};
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    test::TurnedLoop loop(engine);
    loop.tls = core::TlsServerContext::build({entry}, {}).value();
    auto socket = loop.connect_and_accept(16384);
    HostileClient tls(TlsVersion::k13);
    socket.send(tls.hello());
    std::size_t taken = 0;
    REQUIRE(loop.turn_until([&] {
      socket.step();
      const std::string_view received = std::string_view(socket.received()).substr(taken);
      taken += received.size();
      if (!received.empty()) socket.send(tls.take(received));
      return tls.handshake_done();
    }));
    socket.send(tls.seal("GET / HTTP/1.1\r\nHost: localhost\r\nX: "));
    std::string flood;
    for (int i = 0; i < 600; ++i) {
      flood += tls.key_updates(TlsFilter::kKeyUpdatesMax);
      flood += tls.seal("x");
    }
    const std::size_t flood_bytes = flood.size();
    socket.send(flood + tls.seal("\r\nConnection: close\r\n\r\n"));
    // Nothing more is taken in turns enough for a receive buffer: it holds.
    std::size_t unsent = 0;
    std::size_t still = 0;
    REQUIRE(loop.turn_until([&] {
      socket.step_sending();
      still = socket.unsent_bytes() == unsent ? still + 1 : 0;
      unsent = socket.unsent_bytes();
      return still == 100 || unsent == 0;
    }));
    CHECK(unsent > flood_bytes / 4);
    CHECK(loop.memory_peak() < server::Connection::kOutputBytesMax + std::size_t{64} * 1024);
    REQUIRE(loop.turn_until_ended(socket));
    CHECK_FALSE(socket.reset());
    CHECK(socket.unsent_bytes() == 0);
    static_cast<void>(tls.take(std::string_view(socket.received()).substr(taken)));
    CHECK(tls.plain().starts_with("HTTP/1.1 200 OK\r\n"));
  }
}
