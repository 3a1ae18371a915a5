// Goal: every wait for a client ends, and only for those clients that do not move.
// Method: a real server with short deadlines; the client waits for what the server does.

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <string>
#include <thread>

#include "server/net/connection.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::LiveServer;
using test::TestClient;
using namespace std::chrono_literals;

template <typename Check>
void on_each_engine(config::Limits limits, Check check) {
  const test::TemporaryDirectory directory;
  directory.write("small.txt", "small");
  directory.write("large.bin", test::varied_bytes(30'000'000, 3));
  test::LiveOptions options;
  options.limits = limits;
  test::on_live_servers(directory.path(), options, check);
}

}  // namespace

TEST_CASE("a head that does not come to its end is answered 408") {
  config::Limits limits;
  limits.header_timeout = 200ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port());
    const auto began = core::Clock::now();
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost:"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(core::Clock::now() - began >= 200ms);
    CHECK(client.closed_by_peer());
  });
}

TEST_CASE("sending a byte now and then does not put the header deadline off") {
  config::Limits limits;
  limits.header_timeout = 300ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port());
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\nX: "));
    std::thread dripper([&client] {
      // Paced by the server's silence: each receive waits 20 ms for an answer that is not there
      // yet.
      const timeval pause{0, 20'000};
      ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
      char byte = 0;
      while (::recv(client.fd(), &byte, 1, MSG_PEEK) < 0) {
        if (!client.send("x")) return;
      }
    });
    dripper.join();
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 408);
  });
}

TEST_CASE("a body that stops is answered 408") {
  config::Limits limits;
  limits.body_timeout = 200ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 408);
  });
}

TEST_CASE("a body that comes more slowly than limits.body_rate is answered 408") {
  config::Limits limits;
  limits.body_timeout = 300ms;
  limits.body_rate = 10'000;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"));
    const auto began = core::Clock::now();
    // Paced by the server's silence, as above; no pause is as long as body_timeout.
    const timeval pause{0, 20'000};
    ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
    char byte = 0;
    while (::recv(client.fd(), &byte, 1, MSG_PEEK) < 0) REQUIRE(client.send("x"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(core::Clock::now() - began >= 300ms);
    CHECK(server.counters().deadlines_passed.value() == 1);
  });
}

TEST_CASE("an idle connection is closed without a word") {
  config::Limits limits;
  limits.keepalive_timeout = 200ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port());
    REQUIRE(client.send("GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(client.read_answer());
    const auto rest = client.read_to_end();
    REQUIRE(rest);
    CHECK(rest->empty());
    CHECK(server.counters().deadlines_passed.value() == 1);
  });
}

TEST_CASE("a reader that stops reading is closed when the send deadline has passed") {
  config::Limits limits;
  limits.send_timeout = 400ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port(), 4096);
    REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(LiveServer::eventually([&] { return server.counters().send_stalls.value() == 1; }));
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
  });
}

TEST_CASE("a reader that is slow but advances lives past the send deadline") {
  config::Limits limits;
  limits.send_timeout = 400ms;
  on_each_engine(limits, [](LiveServer& server) {
    TestClient client(server.port(), 4096);
    REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    // Paced by the receive itself: a little every 50 ms for two seconds, five times the limit.
    const auto until = core::Clock::now() + 2s;
    auto next = core::Clock::now();
    std::size_t received = 0;
    while (core::Clock::now() < until) {
      if (core::Clock::now() < next) {
        std::this_thread::yield();
        continue;
      }
      next += 50ms;
      const std::string some = client.read_some(4096);
      REQUIRE(!some.empty());
      received += some.size();
    }
    CHECK(received > 0);
    CHECK(server.counters().send_stalls.value() == 0);
    CHECK(server.server().connections() == 1);
  });
}
