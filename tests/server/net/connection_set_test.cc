// Goal: at the limit of connections, and of one address, the next one is told so at once, those
// within it are not disturbed, and stopping ends every connection in the way it should. Method: a
// real server with a limit of three; plain clients, from several addresses of this machine.

#include "server/net/connection_set.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::LiveServer;
using test::TestClient;

constexpr std::string_view kGet = "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kGetLarge = "GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::size_t kLimit = 3;

template <typename Check>
void on_each_engine(Check check, test::LiveOptions options = {}) {
  const test::TemporaryDirectory directory;
  directory.write("small.txt", "small");
  directory.write("large.bin", std::string(20'000'000, 'l'));
  if (options.limits.connections_per_address == 0) options.connections_max = kLimit;
  test::on_live_servers(directory.path(), options, check);
}

// As many as there may be, each with an answer.
std::vector<TestClient> come_to_the_limit(LiveServer& server) {
  std::vector<TestClient> clients;
  for (std::size_t i = 0; i < kLimit; ++i) {
    clients.emplace_back(server.port());
    REQUIRE(clients.back().send(kGet));
    REQUIRE(clients.back().read_answer());
  }
  return clients;
}

void check_are_served(std::vector<TestClient>& clients) {
  for (TestClient& client : clients) {
    REQUIRE(client.send(kGet));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
}

}  // namespace

TEST_CASE("one connection more than the limit gets 503 and the others go on") {
  on_each_engine([](LiveServer& server) {
    std::vector<TestClient> clients = come_to_the_limit(server);
    TestClient refused(server.port());
    REQUIRE(refused.send(kGet));
    const auto answer = refused.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 503);
    CHECK(answer->fields.at("retry-after") == "1");
    CHECK(server.counters().connections_refused.value() == 1);

    check_are_served(clients);
    clients.pop_back();
    REQUIRE(LiveServer::eventually([&] { return server.server().connections() == kLimit - 1; }));
    const auto taken = test::get(server.port(), "/small.txt");
    REQUIRE(taken);
    CHECK(taken->status == 200);
  });
}

TEST_CASE("an address at its limit gets 503, others are served, and who closes makes room") {
  test::LiveOptions options;
  options.limits.connections_per_address = kLimit;
  options.loops = 2;  // which count together
  on_each_engine(
      [](LiveServer& server) {
        const auto refused = [&server] {
          return server.server().loop(0).counters().connections_refused_address.value() +
                 server.server().loop(1).counters().connections_refused_address.value();
        };
        std::vector<TestClient> clients = come_to_the_limit(server);
        for (std::uint64_t i = 1; i <= 5; ++i) {
          const auto answer = test::get(server.port(), "/small.txt");
          REQUIRE(answer);
          CHECK(answer->status == 503);
          CHECK(answer->fields.at("retry-after") == "1");
          CHECK(answer->fields.at("connection") == "close");
          CHECK(refused() == i);
        }
        for (const char* source : {"127.0.0.2", "127.0.0.3", "127.1.0.1"}) {
          TestClient other(server.port(), 0, source);
          REQUIRE(other.send(kGet));
          const auto answer = other.read_answer();
          REQUIRE(answer);
          CHECK(answer->status == 200);
        }
        check_are_served(clients);
        clients.pop_back();
        REQUIRE(
            LiveServer::eventually([&] { return server.server().connections() == kLimit - 1; }));
        TestClient taken(server.port());
        REQUIRE(taken.send(kGet));
        const auto answer = taken.read_answer();
        REQUIRE(answer);
        CHECK(answer->status == 200);
        // One place was free, not more.
        const auto again = test::get(server.port(), "/small.txt");
        REQUIRE(again);
        CHECK(again->status == 503);
      },
      options);
}

TEST_CASE("draining closes idle connections and lets a download finish") {
  on_each_engine([](LiveServer& server) {
    TestClient idle(server.port());
    REQUIRE(idle.send(kGet));
    REQUIRE(idle.read_answer());
    TestClient busy(server.port(), 4096);
    REQUIRE(busy.send(std::string(kGetLarge) + std::string(kGet)));
    REQUIRE(!busy.read_some(1).empty());
    server.server().drain();
    CHECK(idle.closed_by_peer());
    CHECK(!server.server().wait_finished(core::Duration::zero()));
    const auto rest = busy.read_to_end();
    REQUIRE(rest);
    // All of the download; the request behind it was not begun and is not answered.
    CHECK(rest->size() > 20'000'000 - 1);
    CHECK(rest->size() < 20'001'000);
    busy.close();
    CHECK(server.server().wait_finished(std::chrono::seconds(10)));
  });
}

// Its answer had said that the connection goes on, and the end of the connection over the unread
// request reset the rest of the download away.
TEST_CASE("a download that draining finds under way is finished, though its client asks for more") {
  on_each_engine([](LiveServer& server) {
    TestClient busy(server.port(), 4096);
    REQUIRE(busy.send(kGetLarge));
    REQUIRE(!busy.read_some(1).empty());
    server.server().drain();
    REQUIRE(busy.send(kGet));
    const auto rest = busy.read_to_end();
    REQUIRE(rest);  // not reset
    CHECK(rest->size() > 20'000'000 - 1);
    CHECK(rest->ends_with("llll"));
    busy.close();
    CHECK(server.server().wait_finished(std::chrono::seconds(10)));
  });
}

TEST_CASE("a request in progress when draining begins is answered with Connection: close") {
  on_each_engine([](LiveServer& server) {
    TestClient client(server.port());
    REQUIRE(client.send("GET /small.txt HTTP/1.1\r\nHo"));
    REQUIRE(LiveServer::eventually([&] { return server.server().connections() == 1; }));
    // The head has begun to arrive once the server has had a turn after it; a second connection
    // proves that it had.
    REQUIRE(test::get(server.port(), "/small.txt"));
    server.server().drain();
    REQUIRE(client.send("st: x\r\n\r\n"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->fields.at("connection") == "close");
    CHECK(client.closed_by_peer());
  });
}

TEST_CASE("aborting closes everything at once, downloads included") {
  on_each_engine([](LiveServer& server) {
    TestClient busy(server.port(), 4096);
    REQUIRE(busy.send(kGetLarge));
    REQUIRE(!busy.read_some(1).empty());
    server.server().abort();
    CHECK(server.server().wait_finished(std::chrono::seconds(10)));
    CHECK(server.counters().exchanges_aborted.value() == 1);
  });
}
