// Goal: what the server counts is read right, and the difference of two looks is what came between.
// Method: metrics as the server writes them.

#include "prove/figures.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace {

std::string metrics(int more) {
  const auto n = [more](int value) { return std::to_string(value + more); };
  return "# HELP ouro_loop_turn_seconds What lies between two waits.\n"
         "# TYPE ouro_loop_turn_seconds histogram\n"
         "ouro_loop_turn_seconds_bucket{loop=\"0\",le=\"0.001\"} " +
         n(100) + "\nouro_loop_turn_seconds_bucket{loop=\"0\",le=\"0.01\"} " + n(103) +
         "\nouro_loop_turn_seconds_bucket{loop=\"0\",le=\"+Inf\"} " + n(103) +
         "\nouro_loop_turn_seconds_count{loop=\"0\"} " + n(103) +
         "\nouro_loop_turn_seconds_bucket{loop=\"1\",le=\"0.001\"} 20"
         "\nouro_loop_turn_seconds_bucket{loop=\"1\",le=\"0.01\"} 20"
         "\nouro_loop_turn_seconds_bucket{loop=\"1\",le=\"+Inf\"} 21"
         "\nouro_loop_turn_seconds_count{loop=\"1\"} 21"
         "\nouro_loop_long_turns_total{loop=\"0\",cause=\"busy\"} 1"
         "\nouro_loop_long_turns_total{loop=\"0\",cause=\"blocked\"} " +
         n(2) +
         "\nouro_loop_long_turns_total{loop=\"1\",cause=\"blocked\"} 3"
         "\nouro_loop_long_turns_total{loop=\"1\",cause=\"descheduled\"} 4"
         "\nouro_loop_sampled_turns_total{loop=\"0\"} 7"
         "\nouro_loop_blocking_switches_total{loop=\"0\"} 5"
         "\nouro_loop_blocking_switches_total{loop=\"1\"} 6"
         "\nouro_auth_hashes_total " +
         n(40) +
         "\nouro_tls_handshakes_total{loop=\"0\"} 8"
         "\nouro_tls_handshakes_total{loop=\"1\"} 9"
         "\nouro_log_dropped_total{log=\"access\"} 10"
         "\nouro_log_dropped_total{log=\"error\"} 99\n";
}

}  // namespace

TEST_CASE("all loops count together") {
  const prove::Figures figures = prove::read_figures(metrics(0));
  CHECK(figures.turns == 124);
  CHECK(figures.sampled_turns == 7);
  CHECK(figures.blocking_switches == 11);
  CHECK(figures.busy_turns == 1);
  CHECK(figures.blocked_turns == 5);
  CHECK(figures.descheduled_turns == 4);
  CHECK(figures.hashes == 40);
  CHECK(figures.handshakes == 17);
  CHECK(figures.log_records_dropped == 10);
  REQUIRE(figures.turns_within.size() == 3);
  CHECK(figures.turns_within.at(0.001) == 120);
  CHECK(figures.turns_within.at(0.01) == 123);
}

TEST_CASE("what came between two looks, and how long its longest turn was at most") {
  const prove::Figures before = prove::read_figures(metrics(0));
  const prove::Figures between = prove::read_figures(metrics(50)) - before;
  CHECK(between.turns == 50);
  CHECK(between.blocked_turns == 50);
  CHECK(between.hashes == 50);
  CHECK(between.handshakes == 0);
  CHECK(prove::longest_turn_at_most(between) == 0.001);
  CHECK(std::isinf(prove::longest_turn_at_most(before)));
  CHECK(prove::longest_turn_at_most(before - before) == 0);
}

TEST_CASE("what is no metric counts nothing") {
  for (const char* text :
       {"", "\n", "nonsense", "ouro_auth_hashes_total", "ouro_auth_hashes_total x",
        "ouro_auth_hashes_total_more 3\n", "# ouro_auth_hashes_total 3\n"}) {
    CAPTURE(text);
    CHECK(prove::read_figures(text).hashes == 0);
  }
}
