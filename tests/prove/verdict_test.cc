// Goal: a storm fails for each thing that must not happen and for nothing else, and says who it
// was. Method: a row in which all is well, changed in one place.

#include "prove/verdict.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using prove::budget_for;
using prove::failures_of;
using prove::Row;

Row good_row() {
  Row row;
  row.storm = *prove::storm_by_name("passwords");
  row.plain.answered = 5000;
  row.plain.p99 = 2ms;
  row.budget = 5ms;
  row.loops.turns = 1000;
  row.loops.sampled_turns = 1000;
  row.lag = 0.001;
  row.work = {{"hashes/s", 38}};
  return row;
}

struct Case {
  std::string what;
  std::function<void(Row&)> change;
  std::string expected;  // a part of the only failure; empty: there is none
};

}  // namespace

TEST_CASE("the budget is three times what it is alone, but not less than the least") {
  const prove::Storm& passwords = *prove::storm_by_name("passwords");
  CHECK(budget_for(passwords, 100us, 5ms) == 5ms);
  CHECK(budget_for(passwords, 2ms, 5ms) == 6ms);
  CHECK(budget_for(passwords, 100us, 1ms) == 1ms);
  const prove::Storm& quota = *prove::storm_by_name("quota");
  CHECK(budget_for(quota, 100us, 5ms) == 100ms);
  CHECK(budget_for(quota, 100us, 200ms) == 200ms);
}

TEST_CASE("each thing that must not happen fails the storm") {
  const prove::SlowTurn busy{"loop-0", 9, 0.05, "busy", "completions", "site x /a"};
  const prove::SlowTurn blocked{"loop-1", 9, 0.02, "blocked", "check", "site x /b"};
  const std::vector<Case> cases{
      {"all is well", [](Row&) {}, ""},
      {"it was left out", [](Row& row) { row = Row{}, row.left_out = "no fuse"; }, ""},
      {"at the budget", [](Row& row) { row.plain.p99 = 5ms; }, ""},
      {"long turns that were no loop's fault",
       [](Row& row) { row.loops.descheduled_turns = 9, row.lag = 0.05; }, ""},
      {"a loop waited", [](Row& row) { row.loops.blocking_switches = 7; },
       "a loop waited for something 7 times, in turns of less than 10 ms"},
      {"a loop waited once", [](Row& row) { row.loops.blocking_switches = 1; },
       "a loop waited for something once, in"},
      {"and it is known in which turn",
       [&](Row& row) {
         row.loops.blocking_switches = 1;
         row.slow_turns = {busy, blocked};
       },
       "(loop-1: 20.0 ms blocked in its check phase, by site x /b)"},
      {"and the log has it",
       [](Row& row) {
         row.loops.blocking_switches = 1;
         row.held = {"loop 0 is held for 312 ms in its check phase, by site x /c"};
       },
       "(loop 0 is held for 312 ms in its check phase, by site x /c)"},
      {"only a long turn shows that one waited", [](Row& row) { row.loops.blocked_turns = 2; },
       "a loop waited for something 2 times"},
      {"a loop computed",
       [&](Row& row) {
         row.plain.p99 = 51ms, row.lag = 0.05;
         row.slow_turns = {busy, blocked};
       },
       "p99 of 51.00 ms is above 5.00 ms (loop-0: 50.0 ms busy in its completions phase, by site "
       "x /a)"},
      {"a loop had no CPU",
       [](Row& row) {
         row.plain.p99 = 51ms, row.lag = 0.05;
         row.slow_turns = {{"loop-0", 9, 0.05, "descheduled", "check", "site x /a"}};
       },
       "50.0 ms descheduled (it had no CPU: that is nobody's work) in its check phase"},
      {"a loop computes and has not ended",
       [](Row& row) {
         row.plain.p99 = 51ms;
         row.held = {"loop 0 is held for 312 ms in its inbox phase, by site x /d"};
       },
       "p99 of 51.00 ms is above 5.00 ms (loop 0 is held for 312 ms in its inbox phase, by site x "
       "/d)"},
      {"nobody's turn was long", [](Row& row) { row.plain.p99 = 51ms, row.cpu_wait = 1.25; },
       "although no turn of a loop took longer than 1.00 ms; the loops waited 1250 ms for a CPU"},
      {"we were late ourselves", [](Row& row) { row.plain.p99 = 51ms, row.plain.lateness = 40ms; },
       "they were sent 40.00 ms late (p99): this machine is too busy"},
      {"requests failed",
       [](Row& row) { row.plain.failed = 2, row.plain.first_failure = "status: 503:\r\nmore"; },
       "2 of 5002 plain requests failed: status: 503:"},
      {"the storm did nothing",
       [](Row& row) {
         row.work = {{"MB/s", 3}, {"hashes/s", 0}};
       },
       "the storm did nothing: 0 hashes/s"},
      {"the turns were not looked at", [](Row& row) { row.loops.sampled_turns = 3; },
       "only 3 of 1000 turns were looked at"},
      {"the server is gone", [](Row& row) { row = Row{}, row.end = "it ended with exit code 1"; },
       "the server is gone: it ended with exit code 1"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.what);
    Row row = good_row();
    one.change(row);
    const auto failures = failures_of(row);
    REQUIRE(failures.size() == (one.expected.empty() ? 0U : 1U));
    if (one.expected.empty()) continue;
    CAPTURE(failures.front());
    CHECK(failures.front().find(one.expected) != std::string::npos);
    CHECK(failures.front().find('\n') == std::string::npos);
  }
}

TEST_CASE("a storm in which nothing was answered proves nothing") {
  Row row = good_row();
  row.plain.answered = 0;
  CHECK(failures_of(row) == std::vector<std::string>{"nothing was measured"});
}
