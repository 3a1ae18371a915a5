// What a limit ends: of a session, and of sending.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace test {
namespace {

using namespace std::chrono_literals;

std::string reached(const std::string& limit) {
  return "ouro_limits_reached_total{limit=\"" + limit + "\"}";
}

// Everybody at once, so that all of them wait for the same tenth of a second.
Samples reach_limits(const core::Engine& engine) {
  struct Case {
    std::string limit;
    std::string request;
    std::optional<int> status;  // nullopt: closed without a word
  };
  LiveOptions options;
  options.engine = engine;
  options.limits.header_timeout = options.limits.body_timeout = 100ms;
  options.limits.keepalive_timeout = 100ms;
  options.limits.body_size = 10;
  const ProvokedServer server(options);
  const std::string post = "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: ";
  const std::vector<Case> cases = {
      {"header_timeout", "GET /small HTTP/1.1\r\nHost:", 408},
      {"body_timeout", post + "10\r\n\r\nabc", 408},
      {"keepalive_timeout", "", std::nullopt},
      {"target_size", "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"header_size", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x'), 431},
      {"body_size", post + "11\r\n\r\n", 413}};
  std::vector<TestClient> clients;
  std::vector<std::string> series{R"(ouro_deadlines_passed_total{loop="0"})"};
  for (const Case& one : cases) {
    clients.emplace_back(server.port());
    // Who has never asked for anything is not idle.
    if (!one.status) {
      REQUIRE(clients.back().send(kGetSmall));
      REQUIRE(clients.back().read_answer());
    }
    REQUIRE(clients.back().send(one.request));
    series.push_back(reached(one.limit));
  }
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(cases[i].limit);
    const auto answer = clients[i].read_answer();
    CHECK(answer.has_value() == cases[i].status.has_value());
    if (answer) CHECK(answer->status == cases[i].status);
    clients[i].close();
  }
  return server.until_moved(series);
}

Samples stall(const core::Engine& engine) {
  LiveOptions options;
  options.engine = engine;
  options.limits.send_timeout = 200ms;
  const ProvokedServer server(options);
  const TestClient client(server.port(), 4096);
  REQUIRE(client.send(kGetLarge));
  return server.until_moved({R"(ouro_send_stalls_total{loop="0"})",
                             R"(ouro_deadlines_passed_total{loop="0"})",
                             R"(ouro_requests_aborted_total{loop="0"})"});
}

}  // namespace

std::vector<Provocation> provoked_limits() {
  return {{"each limit of a session", reach_limits}, {"a client that takes nothing", stall}};
}

}  // namespace test
