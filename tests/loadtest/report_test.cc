// Goal: the report says what was seen, in the words and keys that programs rely on. Method: an
// outcome made by hand, and an empty one.

#include "loadtest/report.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>

#include "loadtest/generator.h"
#include "loadtest/plan.h"
#include "tests/loadtest/shown_text.h"

using loadtest::Mishap;
using loadtest::Outcome;
using loadtest::Plan;
using test::has;

namespace {

Plan plan_of(loadtest::Options options) {
  options.urls = {"http://127.0.0.1:8080/a"};
  auto plan = loadtest::make_plan(std::move(options));
  REQUIRE(plan);
  return *plan;
}

Outcome outcome_of_a_hundred() {
  Outcome outcome;
  outcome.tally.engine = "epoll";
  outcome.tally.requests = 100;
  outcome.tally.bytes = 5000;
  outcome.tally.connections_opened = 64;
  outcome.tally.measured = std::chrono::seconds(2);
  outcome.cpu = std::chrono::microseconds(350);
  for (int i = 1; i <= 100; ++i) outcome.tally.latency.record(std::chrono::nanoseconds(i));
  outcome.tally.count(Mishap::kLength, 3);
  outcome.tally.count(Mishap::kClosed);
  return outcome;
}

}  // namespace

TEST_CASE("JSON: every key of the contract, in its order") {
  const Plan plan = plan_of({});
  CHECK(loadtest::json_report(plan, outcome_of_a_hundred()) == R"({
  "url": "http://127.0.0.1:8080/a",
  "engine": "epoll",
  "loops": 1,
  "connections": 64,
  "pipeline": 1,
  "rate": null,
  "seconds": 2.0,
  "requests": 100,
  "requests_per_second": 50.0,
  "bytes": 5000,
  "bytes_per_second": 2500.0,
  "errors": {
    "connect": 0,
    "tls": 0,
    "status": 0,
    "length": 3,
    "digest": 0,
    "closed": 1,
    "timeout": 0
  },
  "latency_us": {
    "p50": 0.05,
    "p90": 0.09,
    "p99": 0.099,
    "p99.9": 0.1,
    "max": 0.1,
    "mean": 0.051
  },
  "connections_opened": 64,
  "tls": null,
  "cpu_us_per_request": 3.5
})");
}

TEST_CASE("JSON: the rate of an open loop, and text that is no UTF-8") {
  loadtest::Options options;
  options.rate = 2000;
  Plan plan = plan_of(options);
  plan.options.urls = {"a", "b\xff"};
  const std::string text = loadtest::json_report(plan, {});
  CHECK(has(text, "\"rate\": 2000.0"));
  CHECK(has(text, "\"url\": \"a b\xEF\xBF\xBD\""));
}

TEST_CASE("https: handshakes, version and cipher, and failures by their words") {
  loadtest::Options options;
  options.urls = {"https://127.0.0.1:8443/"};
  const auto plan = loadtest::make_plan(options);
  REQUIRE(plan);
  Outcome outcome = outcome_of_a_hundred();
  outcome.tally.tls = {9, 4, "TLSv1.3", "TLS_AES_128_GCM_SHA256", {{"no shared cipher", 2}}};
  const std::string text = loadtest::summary(*plan, outcome);
  CHECK(has(text,
            "  TLS          TLSv1.3 TLS_AES_128_GCM_SHA256, 9 handshakes, 4 of them resumed, no "
            "shared cipher: 2\n"));
  CHECK(has(loadtest::json_report(*plan, outcome), R"(  "tls": {
    "handshakes": 9,
    "resumed": 4,
    "version": "TLSv1.3",
    "cipher": "TLS_AES_128_GCM_SHA256",
    "failures": {
      "no shared cipher": 2
    }
  },)"));
}

TEST_CASE("nothing seen is all zero, not infinity") {
  const auto figures = loadtest::figures_of({});
  CHECK(figures.requests_per_second == 0);
  CHECK(figures.bytes_per_second == 0);
  CHECK(figures.cpu_us_per_request == 0);
}

TEST_CASE("summary: how it was loaded, how fast it was, what went wrong") {
  loadtest::Options options;
  options.pipeline = 16;
  const std::string text = loadtest::summary(plan_of(options), outcome_of_a_hundred());
  CHECK(has(text, "http://127.0.0.1:8080/a\n"));
  CHECK(has(text, "epoll, 1 loop, 64 connections, closed loop, 16 requests ahead\n"));
  CHECK(has(text, "100 in 2.00 s   50/s   2.5 kB/s\n"));
  CHECK(has(text, "p99 0.1 us"));
  CHECK(has(text, "3.50 us of CPU a request\n"));
  CHECK(has(text, "errors       length 3, closed 1\n"));
}

TEST_CASE("summary: an open loop, a slow one and an idle one say so") {
  loadtest::Options open;
  open.rate = 500;
  open.close = true;
  CHECK(has(loadtest::summary(plan_of(open), {}), "open loop at 500/s, one for each request"));
  loadtest::Options slow;
  slow.slow = 300;
  CHECK(has(loadtest::summary(plan_of(slow), {}), "reading at 300 B/s"));
  loadtest::Options guessing;
  guessing.guess = "anna";
  CHECK(has(loadtest::summary(plan_of(guessing), {}), "closed loop, guessing anna's password"));
  slow.slow_send = true;
  CHECK(has(loadtest::summary(plan_of(slow), {}), "sending at 300 B/s"));
  loadtest::Options idle;
  idle.idle = 7;
  const std::string text = loadtest::summary(plan_of(idle), {});
  CHECK(has(text, "7 connections, idle\n"));
  CHECK(has(text, "errors       none\n"));
}
