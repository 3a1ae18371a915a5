// What passwords are counted by.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/app/password_server.h"
#include "tests/server/app/provocation.h"

namespace test {
namespace {

// Of a hash that takes dozens of milliseconds, even on a fast machine: others can come meanwhile.
constexpr unsigned kSlowCost = 10;

PasswordServer::Options with_admin(unsigned cost = core::kBcryptCostMin) {
  PasswordServer::Options options;
  options.admin = true;
  options.users = user_line("anna", "secret", cost);
  return options;
}

// Does not wait for the answer.
void ask_for_vault(const TestClient& client, const std::string& password) {
  REQUIRE(client.send("GET " + kVaultFile + " HTTP/1.1\r\nHost: x\r\n" + login("anna", password) +
                      "\r\n"));
}

TestClient asking(const PasswordServer& server, const std::string& password,
                  const char* source = nullptr) {
  TestClient client(server.live->port(), 0, source);
  ask_for_vault(client, password);
  return client;
}

std::vector<TestClient> guess(const PasswordServer& server, int count) {
  std::vector<TestClient> clients;
  for (int i = 0; i < count; ++i) clients.push_back(asking(server, std::to_string(i)));
  return clients;
}

Samples log_in(const core::Engine& engine) {
  const PasswordServer server(engine, with_admin());
  CHECK(server.ask(kVaultFile, login("anna", "secret")).status == 200);
  CHECK(scrape(server.live->admin_port()).at("ouro_auth_cache_hits_total") == 0);
  CHECK(server.ask(kVaultFile, login("anna", "secret")).status == 200);
  const Samples samples = scrape_until_moved(
      *server.live,
      {"ouro_auth_requests_total", "ouro_auth_hashes_total", "ouro_auth_cache_hits_total",
       R"(ouro_lane_threads{lane="auth"})", R"(ouro_lane_finished_total{lane="auth"})",
       R"(ouro_lane_drain_rate{lane="auth"})", R"(ouro_lane_wait_seconds_count{lane="auth"})",
       R"(ouro_lane_run_seconds_count{lane="auth"})"});
  CHECK(samples.at("ouro_auth_failures_total") == 0);
  CHECK(server.ask(kVaultFile, login("anna", "Secret")).status == 401);
  return scrape_until_moved(*server.live, {"ouro_auth_failures_total"});
}

Samples ask_the_same(const core::Engine& engine) {
  const PasswordServer server(engine, with_admin(kSlowCost));
  std::vector<TestClient> clients;
  return scrape_until_moved(*server.live, {"ouro_auth_joined_total"}, [&] {
    const std::string password = std::to_string(clients.size());
    for (const char* source : {"127.0.0.2", "127.0.0.3"}) {
      clients.push_back(asking(server, password, source));
    }
  });
}

Samples guess_too_much(const core::Engine& engine) {
  PasswordServer::Options options = with_admin(kSlowCost);
  options.queue = 4;
  const PasswordServer server(engine, options);
  std::vector<TestClient> clients;
  return scrape_until_moved(*server.live, {"ouro_auth_refused_total", "ouro_auth_waiting"},
                            [&] { clients = guess(server, 4); });  // one runs, one waits
}

// With a reset: who only ends its side may still want the answer.
void leave(std::vector<TestClient>& clients) {
  const linger at_once{1, 0};
  for (const TestClient& client : clients) {
    REQUIRE(::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  }
  clients.clear();
}

Samples leave_the_queue(const core::Engine& engine) {
  const PasswordServer server(engine, with_admin(kSlowCost));
  return scrape_until_moved(*server.live, {"ouro_auth_dropped_total"}, [&] {
    std::vector<TestClient> clients;
    for (int i = 0; i < 4; ++i) {
      // Of a connection that has shown that it is kept the server hears while the request waits.
      TestClient& client = clients.emplace_back(server.live->port());
      for (int j = 0; j < 2; ++j) CHECK(PasswordServer::ask(client, "/plain").status == 200);
      ask_for_vault(client, std::to_string(i));
    }
    static_cast<void>(scrape_until_moved(*server.live, {"ouro_auth_waiting"}));
    leave(clients);
  });
}

Samples guess_again_and_again(const core::Engine& engine) {
  const PasswordServer server(engine, with_admin());
  const auto clients = guess(server, 6);  // the sixth is told late
  return scrape_until_moved(*server.live, {"ouro_auth_slowed_total"});
}

}  // namespace

std::vector<Provocation> provoked_passwords() {
  return {{"passwords, right, again and wrong", log_in},
          {"the same password from two clients", ask_the_same},
          {"more passwords than there is room for", guess_too_much},
          {"passwords whose clients leave", leave_the_queue},
          {"six wrong passwords", guess_again_and_again}};
}

}  // namespace test
