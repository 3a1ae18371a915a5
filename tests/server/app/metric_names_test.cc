// Goal: each counter is shown under the name that says what it counts, and no other. Method:
// counters of the test's own, each with another value. That a running server moves each of them is
// in provoked_metrics_test.cc.

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/app/metrics.h"
#include "server/dispatch/router.h"
#include "tests/core/work/homecoming.h"
#include "tests/server/app/provocation.h"

namespace {

using server::Counters;
using server::MetricsView;
using test::Samples;

// What a loop has to show, with nothing in it.
struct Watched {
  core::LoopStatistics statistics;
  core::LoopProbe probe{{}};
  Counters counters;
  std::array<server::RouteCounts, 2> routes;  // of the labels that there are without any site
  server::GateCounters gate;
  // Which /metrics does not ask for.
  core::Inbox inbox;
  server::Router router;
  server::HttpContext http{{}, router, {}, {}};
  server::RequestsInFlight in_flight{inbox, http};

  [[nodiscard]] MetricsView::Loop loop() {
    return {statistics, probe, counters, routes, in_flight, &gate};
  }
};

// Of a server, what a test looks at.
struct Parts {
  std::vector<MetricsView::Loop> loops = {};
  std::vector<MetricsView::Lane> lanes = {};
  const server::DeskCounters* desk = nullptr;
  std::optional<double> cpu_quota = std::nullopt;
};

Samples samples_of(const Parts& parts) {
  const server::ConnectionLimit connections(1);
  const server::RouteLabels routes{config::Config()};
  return test::read_samples(server::metrics({.version = "1",
                                             .engine = "epoll",
                                             .started = {},
                                             .loops = parts.loops,
                                             .lanes = parts.lanes,
                                             .connections = connections,
                                             .routes = routes,
                                             .cpu_quota = parts.cpu_quota,
                                             .desk = parts.desk}));
}

}  // namespace

TEST_CASE("each counter of a loop has the name that says what it counts") {
  struct Case {
    std::string sample;
    server::Counter Counters::*counter;
  };
  const std::vector<Case> cases = {
      {R"(ouro_connections_accepted_total{loop="1"})", &Counters::connections_accepted},
      {R"(ouro_requests_total{loop="1"})", &Counters::exchanges},
      {R"(ouro_requests_aborted_total{loop="1"})", &Counters::exchanges_aborted},
      {R"(ouro_tls_handshakes_total{loop="1"})", &Counters::tls_handshakes},
      {R"(ouro_tls_failures_total{loop="1"})", &Counters::tls_failed},
      {R"(ouro_tls_pauses_total{loop="1"})", &Counters::tls_pauses},
      {R"(ouro_accept_pauses_total{loop="1"})", &Counters::accept_pauses},
      {R"(ouro_deadlines_passed_total{loop="1"})", &Counters::deadlines_passed},
      {R"(ouro_send_stalls_total{loop="1"})", &Counters::send_stalls},
      {R"(ouro_pipeline_pauses_total{loop="1"})", &Counters::pipeline_pauses},
      {R"(ouro_memory_pauses_total{loop="1"})", &Counters::memory_pauses},
      {R"(ouro_connections_refused_total{reason="connections"})", &Counters::connections_refused},
      {R"(ouro_connections_refused_total{reason="connections_per_address"})",
       &Counters::connections_refused_address},
      {R"(ouro_connections_refused_total{reason="proxy_protocol"})", &Counters::proxy_refused},
      {R"(ouro_connections_refused_total{reason="tls_queue"})", &Counters::tls_refused},
      {R"(ouro_connections_refused_total{reason="handshakes_per_address"})",
       &Counters::tls_refused_address}};
  Watched idle;
  Watched busy;
  std::uint64_t value = 100;
  for (const Case& one : cases) (busy.counters.*one.counter).add(++value);
  const Samples samples = samples_of({.loops = {idle.loop(), busy.loop()}});
  value = 100;
  for (const Case& one : cases) {
    CAPTURE(one.sample);
    CHECK(samples.at(one.sample) == static_cast<double>(++value));
  }
  CHECK(samples.at(R"(ouro_requests_total{loop="0"})") == 0);
}

TEST_CASE("each limit has its name, and all loops count together") {
  struct Case {
    server::Limit limit;
    std::string name;
  };
  const std::vector<Case> cases = {{server::Limit::kHeaderTimeout, "header_timeout"},
                                   {server::Limit::kBodyTimeout, "body_timeout"},
                                   {server::Limit::kKeepaliveTimeout, "keepalive_timeout"},
                                   {server::Limit::kTargetSize, "target_size"},
                                   {server::Limit::kHeaderSize, "header_size"},
                                   {server::Limit::kBodySize, "body_size"}};
  REQUIRE(cases.size() == server::kLimitCount);
  Watched one;
  Watched other;
  std::uint64_t value = 100;
  for (const Case& each : cases) {
    one.counters.at(each.limit).add(++value);
    other.counters.at(each.limit).add(1000);
  }
  const Samples samples = samples_of({.loops = {one.loop(), other.loop()}});
  value = 1100;
  for (const Case& each : cases) {
    CAPTURE(each.name);
    CHECK(samples.at("ouro_limits_reached_total{limit=\"" + each.name + "\"}") ==
          static_cast<double>(++value));
  }
}

TEST_CASE("answers are counted by who gave them, what was asked and how it went, over all loops") {
  Watched one;
  Watched other;
  const auto none = server::RouteLabels::kUnrouted;
  const auto rest = server::RouteLabels::kOther;
  for (int i = 0; i < 2; ++i) one.routes[none].note(server::Method::kGet, 404, 10);
  other.routes[none].note(server::Method::kGet, 404, 100);
  one.routes[none].note(server::Method::kHead, 0, 0);
  one.routes[rest].note(server::Method::kPost, 503, 1);
  one.routes[rest].durations().note(std::chrono::seconds(1));
  other.routes[rest].durations().note(std::chrono::seconds(2));
  const Samples samples = samples_of({.loops = {one.loop(), other.loop()}});
  const std::string of_none = R"({site="none",route="none")";
  const std::string of_rest = R"({site="other",route="other")";
  const std::string requests = "ouro_http_requests_total";
  CHECK(samples.at(requests + of_none + R"(,method="GET",status="4xx"})") == 3);
  CHECK(samples.at(requests + of_none + R"(,method="HEAD",status="none"})") == 1);
  CHECK(samples.at(requests + of_rest + R"(,method="POST",status="5xx"})") == 1);
  CHECK(samples.at("ouro_http_response_bytes_total" + of_none + "}") == 120);
  CHECK(samples.at("ouro_http_response_bytes_total" + of_rest + "}") == 1);
  CHECK(samples.at("ouro_http_request_seconds_count" + of_rest + "}") == 2);
  CHECK(samples.at("ouro_http_request_seconds_sum" + of_rest + "}") == 3);
}

TEST_CASE("a quota is told as long as there is one") {
  CHECK(samples_of({.cpu_quota = 1.5}).at("ouro_cpu_quota") == 1.5);
  CHECK_FALSE(samples_of({}).contains("ouro_cpu_quota"));
}

TEST_CASE("passwords are counted where their answer was known: at a loop's gate or at the desk") {
  Watched one;
  Watched other;
  one.gate.checks = 1000;
  one.gate.cache_hits = 10;
  one.gate.joined = 20;
  one.gate.refused = 30;
  other.gate.checks = 100;
  other.gate.cache_hits = 1;
  server::DeskCounters desk;
  desk.requests = 50'000;  // what the gates did not know: no family of its own
  desk.cache_hits = 400;
  desk.joined = 500;
  desk.hashes = 600;
  desk.failures = 700;
  desk.refused = 40'000;  // the gates tell whoever waits
  desk.dropped = 800;
  desk.slowed = 900;
  desk.waiting = 950;
  const Samples samples = samples_of({.loops = {one.loop(), other.loop()}, .desk = &desk});
  CHECK(samples.at("ouro_auth_requests_total") == 1100);
  CHECK(samples.at("ouro_auth_cache_hits_total") == 411);
  CHECK(samples.at("ouro_auth_joined_total") == 520);
  CHECK(samples.at("ouro_auth_refused_total") == 30);
  CHECK(samples.at("ouro_auth_hashes_total") == 600);
  CHECK(samples.at("ouro_auth_failures_total") == 700);
  CHECK(samples.at("ouro_auth_dropped_total") == 800);
  CHECK(samples.at("ouro_auth_slowed_total") == 900);
  CHECK(samples.at("ouro_auth_waiting") == 950);
}

TEST_CASE("a lane's jobs are those that wait, were refused, failed, and ran") {
  core::Inbox home;
  core::WorkerPool pool(test::pool_options(1, 3));
  test::Gate gate;
  std::deque<test::FunctionJob> jobs;
  const auto try_submit = [&](std::function<void()> work) {
    const bool taken = pool.try_submit(jobs.emplace_back(std::move(work)), home);
    pool.wake(1);
    return taken;
  };
  REQUIRE(try_submit([&] { gate.pass(); }));
  REQUIRE(gate.wait_for(1));
  for (int i = 0; i < 2; ++i) REQUIRE(try_submit([] { throw std::bad_alloc(); }));
  REQUIRE(try_submit({}));
  for (int i = 0; i < 5; ++i) REQUIRE_FALSE(try_submit({}));
  Samples samples = samples_of({.lanes = {{"test", pool}}});
  CHECK(samples.at(R"(ouro_lane_threads{lane="test"})") >= 1);
  CHECK(samples.at(R"(ouro_lane_queued{lane="test"})") == 3);
  CHECK(samples.at(R"(ouro_lane_refused_total{lane="test"})") == 5);
  CHECK(samples.at(R"(ouro_lane_finished_total{lane="test"})") == 0);
  gate.open();
  REQUIRE(test::drain_until(home, [&] { return jobs[3].finished == 1; }));
  samples = samples_of({.lanes = {{"test", pool}}});
  CHECK(samples.at(R"(ouro_lane_queued{lane="test"})") == 0);
  CHECK(samples.at(R"(ouro_lane_finished_total{lane="test"})") == 4);
  CHECK(samples.at(R"(ouro_lane_failed_total{lane="test"})") == 2);
  CHECK(samples.at(R"(ouro_lane_wait_seconds_count{lane="test"})") == 4);
  CHECK(samples.at(R"(ouro_lane_run_seconds_count{lane="test"})") == 4);
  CHECK(samples.at(R"(ouro_lane_drain_rate{lane="test"})") > 0);
  CHECK(pool.stop(test::kFailAfter));
}
