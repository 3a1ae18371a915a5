// Goal: what /status says is read as it is meant, whatever it comes from; anything else is refused
// in words. Method: texts.

#include "server/app/status_view.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace {

const std::string kStatus = R"({"version":"0.1.0","engine":"epoll","proof":false,
  "time":100.5,"started":90.25,"connections":{"open":3,"max":10},"more":"than is known",
  "loops":[{"name":"loop-0","turns":7,"requests":5,
    "in_flight":null,"held":{"seconds":0.5,"phase":"check",
    "doing":"a route"},"turn":{"count":3,"sum":1.5,"buckets":[[2e-06,2],[null,1]]},
    "longest_turn":1.25,"phases":{"timers":{"count":7,"sum":0.5,"buckets":[]},
    "check":{"count":7,"sum":0.75,"buckets":[]}},
    "long_turns":{"busy":1,"blocked":4},"sampled_turns":1,
    "blocking_switches":2,"slowest":[{"ended":99.5,"seconds":1.25,"cause":"busy",
    "phase":"check","doing":"a route"}]},
   {"name":"loop-1","turns":0,"requests":0,
    "in_flight":{"named":32,"more":true},"held":null,"turn":{"buckets":[]},"longest_turn":0,
    "phases":{},"long_turns":{"blocked":0},"blocking_switches":0,"slowest":[]}],
  "lanes":[{"name":"files","threads":4,"queued":1,"finished":9,"failed":0,"refused":2,
    "drain_rate":900.0,"wait":{"buckets":[[0.001,9]]},"run":{"sum":0.25,"buckets":[[0.002,9]]}}],
  "passwords":null,"logs":[],
  "requests":[{"loop":1,"route":"a route","stage":"waits","seconds":0.125}]})";

}  // namespace

TEST_CASE("what a status says") {
  const auto status = server::read_status(kStatus);
  REQUIRE(status);
  CHECK(status->version == "0.1.0");
  CHECK(status->engine == "epoll");
  CHECK(status->time == 100.5);
  CHECK(status->started == 90.25);
  CHECK(status->connections == 3);
  CHECK(status->connections_max == 10);
  REQUIRE(status->loops.size() == 2);
  const auto& loop = status->loops[0];
  CHECK(loop.name == "loop-0");
  CHECK(loop.turns == 7);
  CHECK(loop.requests == 5);
  CHECK(loop.blocking_switches == 2);
  CHECK(loop.blocked_turns == 4);
  CHECK(loop.longest_turn == 1.25);
  REQUIRE(loop.held);
  CHECK(loop.held->seconds == 0.5);
  CHECK(loop.held->phase == "check");
  CHECK(loop.held->doing == "a route");
  const double no_end = std::numeric_limits<double>::infinity();
  CHECK((loop.turn == server::StatusView::Histogram{{2e-6, 2}, {no_end, 1}}));
  REQUIRE(loop.phases.size() == 2);
  CHECK(loop.phases[0].name == "timers");
  CHECK(loop.phases[1].seconds == 0.75);
  CHECK_FALSE(status->loops[1].held);
  CHECK_FALSE(loop.says_its_requests);
  CHECK(status->loops[1].says_its_requests);
  CHECK(status->loops[1].has_more_requests);
  REQUIRE(status->slowest.size() == 1);
  CHECK(status->slowest[0].loop == "loop-0");
  CHECK(status->slowest[0].cause == "busy");
  REQUIRE(status->lanes.size() == 1);
  CHECK(status->lanes[0].refused == 2);
  CHECK(status->lanes[0].run_seconds == 0.25);
  CHECK(status->lanes[0].run.at(0.002) == 9);
  REQUIRE(status->requests.size() == 1);
  CHECK(status->requests[0].loop == 1);
  CHECK(status->requests[0].stage == "waits");
}

TEST_CASE("what is none is refused") {
  for (const std::string& text :
       {std::string(), std::string("<!doctype html>"), std::string("{}"), std::string("[1]"),
        kStatus.substr(0, kStatus.size() - 1),
        std::string(kStatus).replace(kStatus.find("\"turns\":7"), 9, "\"turns\":\"7\"")}) {
    CAPTURE(text);
    const auto status = server::read_status(text);
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "that is not the status of an ouro");
  }
}
