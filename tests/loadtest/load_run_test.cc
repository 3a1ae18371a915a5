// Goal: several plans run beside one another in one process, each can be ended early, and each
// gives what it alone has seen. Method: runs against scripted servers.

#include "loadtest/load_run.h"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <utility>

#include "tests/loadtest/scripted_server.h"
#include "tests/loadtest/whole_run.h"

namespace {

using loadtest::LoadRun;
using loadtest::Plan;
using std::chrono::milliseconds;
using test::always;
using test::ok;
using test::ScriptedServer;

constexpr milliseconds kForEver{60'000};

Plan plan_of(const ScriptedServer& server, loadtest::Options options) {
  options.urls = {server.url()};
  auto plan = loadtest::make_plan(std::move(options));
  REQUIRE(plan);
  return std::move(*plan);
}

}  // namespace

TEST_CASE("two runs go on beside each other, and each sees its own answers") {
  ScriptedServer one(always(ok("one")));
  ScriptedServer other(always(ok("the other")));
  const Plan to_one = plan_of(one, test::requests(50, 2, core::EngineChoice::kEpoll));
  const Plan to_other = plan_of(other, test::requests(70, 3, core::EngineChoice::kAuto));
  auto first = LoadRun::start(to_one);
  auto second = LoadRun::start(to_other);
  REQUIRE(first);
  REQUIRE(second);
  const auto of_other = (*second)->finish();
  const auto of_one = (*first)->finish();
  REQUIRE(of_one);
  REQUIRE(of_other);
  CHECK(of_one->tally.requests == 50);
  CHECK(of_one->tally.bytes == 50 * ok("one").size());
  CHECK(of_other->tally.requests == 70);
  CHECK(of_other->tally.bytes == 70 * ok("the other").size());
}

TEST_CASE("a run that has no end of its own ends when it is told to") {
  ScriptedServer server(always(ok("hello")));
  loadtest::Options options;
  options.connections = 2;
  options.loops = 2;
  options.warmup = milliseconds(0);
  options.duration = kForEver;
  const Plan plan = plan_of(server, options);
  auto run = LoadRun::start(plan);
  REQUIRE(run);
  while ((*run)->totals().requests < 10 || (*run)->totals().opened < 2) {
    CHECK(!(*run)->ended_within(milliseconds(1)));
  }
  (*run)->stop();
  CHECK((*run)->ended_within(kForEver));
  const auto outcome = (*run)->finish();
  REQUIRE(outcome);
  CHECK(outcome->tally.requests >= 10);
  CHECK((*run)->totals().opened == 2);
}

TEST_CASE("a run that nobody waits for is broken off") {
  ScriptedServer server([](std::size_t, std::string_view) { return test::Reply{""}; });
  loadtest::Options options;
  options.duration = kForEver;
  const Plan plan = plan_of(server, options);
  for (int times = 0; times < 20; ++times) {  // at one moment or another, its first included
    REQUIRE(LoadRun::start(plan));
  }
  CHECK(server.requests() <= 20 * options.connections);
}

TEST_CASE("what is measured begins behind the warm-up") {
  ScriptedServer server(always(ok("hello")));
  loadtest::Options options;
  options.rate = 100;
  options.warmup = milliseconds(30);
  options.duration = milliseconds(20);
  const Plan plan = plan_of(server, options);
  const core::TimePoint before = core::Clock::now();
  auto run = LoadRun::start(plan);
  REQUIRE(run);
  CHECK((*run)->measures_from() >= before + options.warmup);
  const auto outcome = (*run)->finish();
  REQUIRE(outcome);
  CHECK(outcome->tally.requests == 2);
}

TEST_CASE("a request that had to wait for the server is slow, but the generator was not late") {
  // The first answer comes late, and there is one connection.
  ScriptedServer server([](std::size_t number, std::string_view) {
    return test::Reply{ok("hello"), milliseconds(number == 0 ? 500 : 0)};
  });
  loadtest::Options options;
  options.rate = 100;
  options.connections = 1;
  options.warmup = milliseconds(0);
  options.duration = milliseconds(200);
  const Plan plan = plan_of(server, options);
  auto run = LoadRun::start(plan);
  REQUIRE(run);
  const auto outcome = (*run)->finish();
  REQUIRE(outcome);
  CHECK(outcome->tally.latency.count() == 20);
  CHECK(outcome->tally.latency.quantile(0.5) > milliseconds(200));
  CHECK(outcome->tally.lateness.count() >= 1);   // the first
  CHECK(outcome->tally.lateness.count() <= 10);  // not those that waited for its answer
}
