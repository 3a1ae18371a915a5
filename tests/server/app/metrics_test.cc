// Goal: /metrics says what happened, in families that are well formed and have bounded labels.
// Method: a live server on each engine that was asked for known things; every line against the
// format.

#include "server/app/metrics.h"

#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

// By name and labels, as written.
using Samples = std::map<std::string, double>;

// Each sample belongs to the family that was declared last, and each family is declared once.
Samples read_metrics(const std::string& text) {
  static const std::regex kSample(
      R"re(([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? ([0-9.e+-]+))re");
  Samples samples;
  std::set<std::string> families;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      CHECK(families.insert(family).second);
      CHECK(family.starts_with("ouro_"));
    } else if (line.starts_with("# TYPE ")) {
      CHECK(line.starts_with("# TYPE " + family + " "));
      CHECK(line.ends_with(" counter") == family.ends_with("_total"));
    } else {
      std::smatch match;
      REQUIRE(std::regex_match(line, match, kSample));
      CHECK(match.str(1).starts_with(family));
      CHECK(samples.emplace(match.str(1) + match.str(2), std::stod(match.str(4))).second);
    }
  }
  return samples;
}

}  // namespace

TEST_CASE("what a server did is what its metrics say") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const test::TemporaryDirectory site;
    site.write("index.html", "hello");
    test::LiveOptions options;
    options.engine = engine;
    options.admin = true;
    test::LiveServer live(site.path(), options);
    for (int i = 0; i < 3; ++i) REQUIRE(test::get(live.port(), "/"));
    REQUIRE(test::LiveServer::eventually([&] { return live.counters().exchanges.value() == 3; }));
    const auto answer = test::get(live.admin_port(), "/metrics");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->fields.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    const Samples samples = read_metrics(answer->body);
    CHECK(samples.at(R"(ouro_requests_total{loop="0"})") == 3);
    CHECK(samples.at(R"(ouro_connections_accepted_total{loop="0"})") == 3);
    CHECK(samples.at(R"(ouro_loop_turns_total{loop="0"})") >= 3);
    CHECK(samples.at(R"(ouro_loop_turn_seconds_count{loop="0"})") >= 3);
    CHECK(samples.at(R"(ouro_loop_sampled_turns_total{loop="0"})") >= 1);
    CHECK(samples.at(R"(ouro_loop_blocking_switches_total{loop="0"})") == 0);
    CHECK(samples.at(R"(ouro_loop_long_turns_total{loop="0",cause="blocked"})") == 0);
    for (const char* phase : {"timers", "completions", "inbox", "check", "close"}) {
      const std::string labels = R"({loop="0",phase=")" + std::string(phase) + R"("})";
      CAPTURE(labels);
      CHECK(samples.at("ouro_loop_phase_seconds_count" + labels) >= 3);
      CHECK(samples.at("ouro_loop_phase_seconds_sum" + labels) > 0);
    }
    CHECK(samples.at(R"(ouro_loop_longest_turn_seconds{loop="0"})") > 0);
    CHECK(
        samples.at(
            R"(ouro_http_requests_total{site="any host",route="/**",method="GET",status="2xx"})") ==
        3);
    const std::string route = R"({site="any host",route="/**"})";
    CHECK(samples.at("ouro_http_response_bytes_total" + route) == 15);
    CHECK(samples.at("ouro_http_request_seconds_count" + route) == 3);
    CHECK(samples.at("ouro_http_request_seconds_sum" + route) > 0);
    CHECK_FALSE(samples.contains("ouro_cpu_quota"));  // nobody looked for one
    CHECK(samples.at(R"(ouro_lane_finished_total{lane="files"})") >= 1);
    CHECK(samples.at(R"(ouro_lane_run_seconds_count{lane="files"})") >= 1);
    CHECK(samples.at(R"(ouro_connections_refused_total{reason="connections"})") == 0);
    CHECK(samples.contains("ouro_start_time_seconds"));
    CHECK_FALSE(samples.contains("ouro_auth_requests_total"));  // nobody asks for passwords
  }
}
