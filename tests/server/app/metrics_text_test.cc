// Goal: Prometheus's text format, exactly. Method: known families against the format's rules: HELP
// and TYPE before the samples, buckets that add up, escaped labels.

#include "server/app/metrics_text.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace std::chrono_literals;
using server::MetricsText;

TEST_CASE("families of counters and gauges, with and without labels") {
  MetricsText text;
  text.counter("ouro_things_total", "Things that were done.");
  text.sample({}, std::uint64_t{3});
  text.sample({{"loop", "0"}, {"cause", "busy"}}, std::uint64_t{18'446'744'073'709'551'615U});
  text.gauge("ouro_cpu_quota", "CPUs.");
  text.sample({}, 1.5);
  CHECK(text.take() ==
        "# HELP ouro_things_total Things that were done.\n"
        "# TYPE ouro_things_total counter\n"
        "ouro_things_total 3\n"
        "ouro_things_total{loop=\"0\",cause=\"busy\"} 18446744073709551615\n"
        "# HELP ouro_cpu_quota CPUs.\n"
        "# TYPE ouro_cpu_quota gauge\n"
        "ouro_cpu_quota 1.5\n");
}

TEST_CASE("a label may hold anything") {
  MetricsText text;
  text.gauge("x", "X.");
  text.sample({{"route", "/a\"b\\c\nd"}}, std::uint64_t{1});
  CHECK(text.take().ends_with("x{route=\"/a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST_CASE("a histogram's buckets add up, and begin where they are asked to") {
  core::DurationCounts counts;
  counts.note(100ns);
  counts.note(1ms);
  counts.note(1500us);
  counts.note(1h);
  MetricsText text;
  text.histogram("wait_seconds", "Waits.");
  text.sample({{"lane", "files"}}, counts.totals(), 19);  // 2^20 ns is the first bound
  const std::string said = text.take();
  CAPTURE(said);
  CHECK(said.find("wait_seconds_bucket{lane=\"files\",le=\"0.001048576\"} 2\n") !=
        std::string::npos);
  CHECK(said.find("wait_seconds_bucket{lane=\"files\",le=\"0.002097152\"} 3\n") !=
        std::string::npos);
  CHECK(said.find("le=\"0.000524288\"") == std::string::npos);
  CHECK(said.find("wait_seconds_bucket{lane=\"files\",le=\"2.147483648\"} 3\n") !=
        std::string::npos);
  CHECK(said.find("wait_seconds_bucket{lane=\"files\",le=\"+Inf\"} 4\n") != std::string::npos);
  CHECK(said.find("wait_seconds_sum{lane=\"files\"} 3600.0025001\n") != std::string::npos);
  CHECK(said.find("wait_seconds_count{lane=\"files\"} 4\n") != std::string::npos);
}
