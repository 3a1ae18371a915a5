// Goal: of a server's /status the culprits are found, whatever else is in it or missing; and the
// report has what the table has. Method: texts in, values out, and the other way round.

#include "prove/json.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "tests/loadtest/shown_text.h"

namespace {

using namespace std::chrono_literals;
using test::has;

const std::string kStatus = R"({
 "version": "0.1.0", "engine": "io_uring", "proof": true, "time": 1764239644.125,
 "connections": {"open": 3, "max": 10000},
 "loops": [
  {"name": "loop-0", "turns": 123,
   "held": {"seconds": 0.5, "phase": "check", "doing": "site x /slow"},
   "turn": {"count": 1, "sum": 0.1, "buckets": [[0.001, 1], [null, 1]]}, "longest_turn": 0.012,
   "slowest": [
    {"ended": 1764239640.5, "seconds": 0.012, "cause": "busy", "phase": "completions",
     "doing": "a"},
    {"ended": 1764239641.5, "seconds": 0.011, "cause": "blocked", "phase": "inbox", "doing": ""}]},
  {"name": "loop-1", "held": null, "longest_turn": 0.25, "slowest": []}],
 "lanes": [], "passwords": null})";

}  // namespace

TEST_CASE("the longest turns and what is held are found") {
  const auto status = prove::read_status(kStatus);
  REQUIRE(status);
  CHECK(status->time == 1764239644.125);
  CHECK(status->longest_turn == 0.25);
  REQUIRE(status->slowest.size() == 2);
  CHECK(status->slowest[0].loop == "loop-0");
  CHECK(status->slowest[0].ended == 1764239640.5);
  CHECK(status->slowest[0].seconds == 0.012);
  CHECK(status->slowest[0].cause == "busy");
  CHECK(status->slowest[0].phase == "completions");
  CHECK(status->slowest[0].doing == "a");
  CHECK(status->slowest[1].cause == "blocked");
  REQUIRE(status->held.size() == 1);
  CHECK(status->held[0].seconds == 0.5);
  CHECK(status->held[0].ended == 0);
  CHECK(status->held[0].doing == "site x /slow");
}

TEST_CASE("what is missing or of another kind is as if it were nothing") {
  for (const char* text :
       {"{}", R"({"loops": null})", R"({"loops": [1, {"slowest": {}, "held": []}]})",
        R"({"time": "late", "loops": [{"longest_turn": null, "slowest": [7]}]})"}) {
    CAPTURE(text);
    const auto status = prove::read_status(text);
    REQUIRE(status);
    CHECK(status->time == 0);
    CHECK(status->longest_turn == 0);
    CHECK(status->slowest.empty());
    CHECK(status->held.empty());
  }
  for (const char* text : {"", "[]", "{", "404 not found"}) {
    CAPTURE(text);
    CHECK(!prove::read_status(text));
  }
}

TEST_CASE("the report says of each storm what was seen, and whether all of it is proved") {
  prove::Row row;
  row.storm = *prove::storm_by_name("passwords");
  row.loops_count = "2";
  row.plain.answered = 1000;
  row.plain.p99 = 1500us;
  row.loops.turns = 77;
  row.loops.blocking_switches = 3;
  row.lag = 0.025;
  row.slow_turns = {{"loop-1", 5, 0.025, "blocked", "check", "a \"route\""}};
  row.work = {{"hashes/s", 38.5}};
  row.budget = 5ms;
  const std::string good = prove::json_report({}, {row});
  CHECK(has(good, R"("proved": true)"));
  CHECK(has(good, R"("name": "passwords")"));
  CHECK(has(good, R"("left_out": null)"));
  CHECK(has(good, R"("p99": 0.0015)"));
  CHECK(has(good, R"("budget": 0.005)"));
  CHECK(has(good, R"("blocking_switches": 3)"));
  CHECK(has(good, R"("hashes/s": 38.5)"));
  CHECK(has(good, R"("doing": "a \"route\"")"));
  prove::Row other;
  other.left_out = "no /dev/fuse";
  CHECK(has(prove::json_report({}, {row, other}), R"("left_out": "no /dev/fuse")"));
  row.failures = {"a loop waited"};
  row.said = "not UTF-8: \xFF";
  const std::string bad = prove::json_report({}, {row, other});
  CHECK(has(bad, R"("proved": false)"));
  CHECK(has(bad, R"("a loop waited")"));
}
