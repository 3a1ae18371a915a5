// Goal: /status says what a server did and does, in the form that its readers were promised.
// Method: a live server on each engine that was asked for known things, and one whose loop is held;
// a reader of JSON that shares no code with the writer.

#include "server/app/status_json.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/app/holding_route.h"
#include "tests/server/app/json_value.h"
#include "tests/server/app/password_server.h"
#include "tests/server/http/scripted_source.h"

namespace {

using test::JsonValue;
using test::LiveServer;

JsonValue status_of(const LiveServer& live) {
  const auto answer = test::get(live.admin_port(), "/status");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->fields.at("content-type") == "application/json");
  CHECK(answer->fields.at("cache-control") == "no-store");
  auto status = test::read_json(answer->body);
  CAPTURE(answer->body);
  REQUIRE(status);
  return *status;
}

// Ends rise, counts are never 0 and add up; how many durations there are.
double check_histogram(const JsonValue& histogram) {
  double sum = 0;
  double end = 0;
  for (const JsonValue& bucket : histogram["buckets"].array) {
    REQUIRE(bucket.array.size() == 2);
    CHECK(bucket.at(1).number > 0);
    sum += bucket.at(1).number;
    if (&bucket == &histogram["buckets"].array.back() && bucket.at(0).is_null()) continue;
    CHECK(bucket.at(0).number > end);
    end = bucket.at(0).number;
  }
  CHECK(sum == histogram["count"].number);
  CHECK(histogram["sum"].number >= 0);
  return sum;
}

// Of two right ones, which are equal, and a wrong one; nothing else than /metrics has.
void check_passwords(const LiveServer& live, const JsonValue& passwords) {
  CHECK(passwords["requests"].number == 3);
  CHECK(passwords["cache_hits"].number == 1);
  CHECK(passwords["hashes"].number == 2);
  CHECK(passwords["failures"].number == 1);
  CHECK(passwords["waiting"].number == 0);
  const auto metrics = test::get(live.admin_port(), "/metrics");
  REQUIRE(metrics);
  for (const auto& [name, value] : passwords.object) {
    const std::string metric = "\nouro_auth_" + name + (name == "waiting" ? " " : "_total ");
    const std::string line = metric + std::to_string(static_cast<int>(value.number)) + "\n";
    CAPTURE(line);
    CHECK(metrics->body.find(line) != std::string::npos);
  }
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::set<std::string> names_of(const JsonValue& list) {
  std::set<std::string> names;
  for (const JsonValue& one : list.array) names.insert(one["name"].string);
  return names;
}

test::LiveOptions with_routes(const core::Engine& engine,
                              std::function<void(server::Router&)> add_routes) {
  test::LiveOptions options;
  options.engine = engine;
  options.admin = true;
  options.add_sites = [add = std::move(add_routes)](server::Router& router, core::EventLoop&) {
    add(router);
  };
  return options;
}

// Answers, and never comes to an end.
class Endless final : public server::Handler {
 public:
  explicit Endless(http_test::StreamScript& script) : script_(script) {}
  void start(server::Exchange& exchange) override { respond_from_script(exchange, script_); }

 private:
  http_test::StreamScript& script_;
};

void add_endless_route(server::Router& router, http_test::StreamScript& script) {
  std::vector<server::Router::Route> routes(1);
  routes[0].patterns.emplace_back("/endless");
  routes[0].action = std::make_unique<Endless>(script);
  routes[0].record.name = "any host /endless test";
  router.add_site({}, std::move(routes));
}

void ask_for_the_endless(test::TestClient& client) {
  REQUIRE(client.send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(!client.read_some(1).empty());
}

}  // namespace

TEST_CASE("what a server did is what its status says") {
  test::on_engines([](const core::Engine& engine) {
    test::PasswordServer::Options options;
    options.admin = true;
    const double before = now();
    const test::PasswordServer server(engine, options);
    const LiveServer& live = *server.live;
    for (int i = 0; i < 3; ++i) CHECK(server.ask("/plain").status == 200);
    // The second time the loop knows the answer, and asks nobody.
    for (int i = 0; i < 2; ++i) {
      CHECK(server.ask(test::kVaultFile, test::login("anna", "secret")).status == 200);
    }
    CHECK(server.ask(test::kVaultFile, test::login("anna", "wrong")).status == 401);
    REQUIRE(LiveServer::eventually([&] {
      return live.counters().exchanges.value() == 6 && server.desk().hashes.load() == 2;
    }));
    test::TestClient open(live.port());
    REQUIRE(open.send("GET /"));  // so that it is accepted
    REQUIRE(LiveServer::eventually([&] { return server.live->server().connections() == 1; }));

    const JsonValue status = status_of(live);
    CHECK(status["version"].string == "0.1.0");
    CHECK(status["engine"].string == test::name_of(engine));
    REQUIRE(status["proof"].kind == JsonValue::Kind::kBoolean);
    CHECK(status["started"].number >= before - 0.001);
    CHECK(status["time"].number >= status["started"].number);
    CHECK(status["time"].number <= now());
    CHECK(status["connections"]["open"].number == 1);
    CHECK(status["connections"]["max"].number == 1000);

    REQUIRE(status["loops"].array.size() == 1);
    const JsonValue& loop = status["loops"].at(0);
    CHECK(loop["name"].string == "loop-0");
    CHECK(loop["requests"].number == 6);
    CHECK(loop["turns"].number >= 6);
    CHECK(loop["held"].is_null());
    CHECK(check_histogram(loop["turn"]) >= 6);
    CHECK(loop["longest_turn"].number > 0);
    CHECK(loop["long_turns"].object.size() == 3);
    CHECK(loop["long_turns"]["blocked"].number == 0);
    CHECK(loop["sampled_turns"].number >= 1);
    CHECK(loop["blocking_switches"].number == 0);
    CHECK(loop["phases"].object.size() == 5);
    for (const auto& phase : loop["phases"].object) {
      CAPTURE(phase.first);
      CHECK(check_histogram(phase.second) >= 6);
    }
    CHECK(loop["phases"]["check"]["sum"].number > 0);

    CHECK(names_of(status["lanes"]) == std::set<std::string>{"files", "tls", "auth"});
    const JsonValue& auth = status["lanes"].at(2);
    CHECK(auth["name"].string == "auth");
    CHECK(auth["threads"].number == 1);
    CHECK(auth["queued"].number == 0);
    CHECK(auth["finished"].number == 2);
    CHECK(auth["failed"].number == 0);
    CHECK(auth["refused"].number == 0);
    CHECK(auth["drain_rate"].number > 0);
    CHECK(check_histogram(auth["run"]) == 2);
    CHECK(check_histogram(auth["wait"]) == 2);

    check_passwords(live, status["passwords"]);
    CHECK(names_of(status["logs"]) == std::set<std::string>{"access", "error"});
    CHECK(status["logs"].at(0)["dropped"].number == 0);
    CHECK(status["requests"].array.empty());
  });
}

TEST_CASE("without passwords and logs there is nothing to say of them") {
  const test::TemporaryDirectory site;
  test::LiveOptions options;
  options.admin = true;
  options.loops = 2;
  const LiveServer live(site.path(), options);
  const JsonValue status = status_of(live);
  CHECK(status["passwords"].is_null());
  CHECK(status["logs"].array.empty());
  CHECK(names_of(status["lanes"]) == std::set<std::string>{"files", "tls"});
  CHECK(names_of(status["loops"]) == std::set<std::string>{"loop-0", "loop-1"});
  CHECK(status["connections"]["open"].number == 0);  // the admin's own is none of them
}

TEST_CASE("whether it runs in proof mode is told") {
  for (const bool proof : {false, true}) {
    CAPTURE(proof);
    const test::TemporaryDirectory site;
    test::LiveOptions options;
    options.admin = true;
    options.proof = proof;
    const LiveServer live(site.path(), options);
    const JsonValue status = status_of(live);
    REQUIRE(status["proof"].kind == JsonValue::Kind::kBoolean);
    CHECK(status["proof"].boolean == proof);
  }
}

TEST_CASE("a loop that is held says so, and by what") {
  test::on_engines([](const core::Engine& engine) {
    std::atomic<bool> let_go{false};
    const test::TemporaryDirectory site;
    const LiveServer live(site.path(), with_routes(engine, [&let_go](server::Router& router) {
                            test::add_holding_route(router, let_go);
                          }));
    test::TestClient client(live.port());
    REQUIRE(client.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    JsonValue status;
    REQUIRE(LiveServer::eventually([&] {
      status = status_of(live);
      return !status["loops"].at(0)["held"].is_null();
    }));
    const JsonValue& held = status["loops"].at(0)["held"];
    CHECK(status["loops"].at(0)["in_flight"].is_null());
    CHECK(status["requests"].array.empty());
    CHECK(held["seconds"].number >= 0.25);
    CHECK(held["phase"].string == "check");
    CHECK(held["doing"].string == test::kHoldingRoute);
    let_go.store(true);
    CHECK(client.read_answer());
    CHECK(LiveServer::eventually([&] { return status_of(live)["loops"].at(0)["held"].is_null(); }));
    const JsonValue loop = status_of(live)["loops"].at(0);
    CHECK(loop["longest_turn"].number >= 0.25);
    CHECK(loop["slowest"].at(0)["seconds"].number >= 0.25);
    CHECK(loop["slowest"].at(0)["phase"].string == "check");
    CHECK(loop["slowest"].at(0)["doing"].string == test::kHoldingRoute);
    CHECK(loop["slowest"].at(0)["cause"].string != "blocked");
    CHECK(loop["slowest"].at(0)["ended"].number <= now());
  });
}

TEST_CASE("a request in flight is named, with its route and what it waits for") {
  test::on_engines([](const core::Engine& engine) {
    http_test::StreamScript script;
    const test::TemporaryDirectory site;
    const LiveServer live(site.path(), with_routes(engine, [&script](server::Router& router) {
                            add_endless_route(router, script);
                          }));
    test::TestClient client(live.port());
    ask_for_the_endless(client);
    JsonValue status;
    REQUIRE(LiveServer::eventually([&] {  // a loop without a CPU says nothing in time
      status = status_of(live);
      return !status["loops"].at(0)["in_flight"].is_null();
    }));
    CHECK(status["loops"].at(0)["in_flight"]["named"].number == 1);
    CHECK_FALSE(status["loops"].at(0)["in_flight"]["more"].boolean);
    const JsonValue& requests = status["requests"];
    REQUIRE(requests.array.size() == 1);
    CHECK(requests.at(0)["loop"].number == 0);
    CHECK(requests.at(0)["route"].string == "any host /endless test");
    CHECK(requests.at(0)["stage"].string == "is answered");
    CHECK(requests.at(0)["seconds"].number > 0);
    const linger at_once{1, 0};
    REQUIRE(::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    client.close();
    CHECK(LiveServer::eventually([&] { return status_of(live)["requests"].array.empty(); }));
  });
}

TEST_CASE("of many requests in flight the oldest are named, and that there are more") {
  constexpr std::size_t kNamed = server::RequestsInFlight::kRequestsMax;
  http_test::StreamScript script;
  const test::TemporaryDirectory site;
  const LiveServer live(site.path(), with_routes({}, [&script](server::Router& router) {
                          add_endless_route(router, script);
                        }));
  std::vector<test::TestClient> clients;
  for (std::size_t count = 1; count <= kNamed + 1; ++count) {
    ask_for_the_endless(clients.emplace_back(live.port()));
    if (count < kNamed) continue;
    CHECK(LiveServer::eventually([&] {
      const JsonValue status = status_of(live);
      const JsonValue& in_flight = status["loops"].at(0)["in_flight"];
      return !in_flight.is_null() && in_flight["named"].number == kNamed &&
             in_flight["more"].boolean == (count > kNamed) &&
             status["requests"].array.size() == kNamed;
    }));
  }
}
