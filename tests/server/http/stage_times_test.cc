// Goal: each stage of an exchange has its own time, they add up, and they are told to whom the
// route says so. Method: stages that last for known times; sessions whose handlers answer at once,
// later, and before the content has ended.

#include "server/http/stage_times.h"

#include <doctest/doctest.h>

#include <chrono>
#include <regex>
#include <string>

#include "server/http/exchange.h"
#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"

using namespace std::chrono_literals;
using namespace http_test;
using server::StageTimes;

namespace {

void pass(core::Duration time) {
  const core::TimePoint until = core::Clock::now() + time;
  while (core::Clock::now() < until) {
  }
}

const server::ResponsePolicy& timing() {
  static const server::ResponsePolicy kPolicy = [] {
    server::ResponsePolicy made;
    made.server_timing = true;
    return made;
  }();
  return kPolicy;
}

struct Told {
  double queue = -1;
  double lane = -1;
  double work = -1;
};

// Of the only answer.
Told told(const Wire& wire) {
  const Answers answers = read_answers(wire.output(), {});
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == 1);
  const std::string field = answers.list[0].field("Server-Timing");
  static const std::regex kField(
      R"(queue;dur=(\d+\.\d{3}), lane;dur=(\d+\.\d{3}), work;dur=(\d+\.\d{3}))");
  std::smatch match;
  CAPTURE(field);
  REQUIRE(std::regex_match(field, match, kField));
  return {std::stod(match.str(1)), std::stod(match.str(2)), std::stod(match.str(3))};
}

}  // namespace

TEST_CASE("the stages follow one another without a gap") {
  StageTimes stages;
  stages.wanted = true;
  const core::TimePoint began = core::Clock::now();
  pass(1ms);
  stages.on_start();
  pass(2ms);
  stages.on_wait();
  pass(3ms);
  stages.on_answer();
  pass(4ms);
  const core::TimePoint ended = core::Clock::now();
  REQUIRE(stages.known());
  CHECK(stages.queue(began) >= 1ms);
  CHECK(stages.work() >= 2ms);
  CHECK(stages.lane() >= 3ms);
  CHECK(stages.send(ended) >= 4ms);
  CHECK(stages.queue(began) + stages.work() + stages.lane() + stages.send(ended) == ended - began);
}

TEST_CASE("nobody who does not ask pays for a clock, and nothing is known") {
  StageTimes stages;
  stages.on_start();
  stages.on_answer();
  CHECK_FALSE(stages.known());
  CHECK(server::server_timing_field(stages, core::Clock::now()).empty());
}

TEST_CASE("a route's answers say where their time went, if it is to be told") {
  Wire wire;
  wire.now = core::Clock::now();
  SUBCASE("answered at once: no lane") {
    wire.dispatcher.decide = [](server::Exchange& exchange) { exchange.policy = &timing(); };
    wire.dispatcher.respond = [](server::Exchange& exchange) {
      pass(1ms);
      echo(exchange);
    };
    wire.send(get("/"));
    CHECK(told(wire).lane == 0);
    CHECK(told(wire).work >= 1);
  }
  SUBCASE("answered later: it waited for a lane") {
    wire.dispatcher.decide = [](server::Exchange& exchange) { exchange.policy = &timing(); };
    wire.dispatcher.deferred = true;
    wire.send(get("/"));
    pass(2ms);
    wire.dispatcher.answer_waiting();
    wire.pump();
    CHECK(told(wire).lane >= 2);
  }
  SUBCASE("what its content took is no work") {
    wire.dispatcher.decide = [](server::Exchange& exchange) { exchange.policy = &timing(); };
    wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
    pass(3ms);
    const core::TimePoint before = core::Clock::now();
    wire.send("ab");
    const std::chrono::duration<double, std::milli> since = core::Clock::now() - before;
    CHECK(told(wire).queue >= 3);
    CHECK(told(wire).work <= since.count() + 0.1);  // as it is rounded
  }
  SUBCASE("not to be told") {
    wire.send(get("/"));
    CHECK(wire.output().find("Server-Timing") == std::string::npos);
  }
}
