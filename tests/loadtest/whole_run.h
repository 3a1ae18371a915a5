// What the tests that run the generator against a scripted server have in common.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "loadtest/generator.h"
#include "loadtest/plan.h"
#include "tests/loadtest/scripted_server.h"

namespace test {

inline loadtest::Outcome run(const ScriptedServer& server, loadtest::Options options) {
  options.urls = {server.url()};
  const auto plan = loadtest::make_plan(std::move(options));
  REQUIRE(plan);
  auto outcome = loadtest::run(*plan);
  REQUIRE(outcome);
  return std::move(*outcome);
}

inline loadtest::Options requests(std::uint64_t count, std::size_t connections,
                                  core::EngineChoice engine) {
  loadtest::Options options;
  options.requests = count;
  options.connections = connections;
  options.engine = engine;
  options.timeout = std::chrono::seconds(20);
  return options;
}

inline std::uint64_t mishaps(const loadtest::Outcome& outcome, loadtest::Mishap mishap) {
  return outcome.tally.mishaps[static_cast<std::size_t>(mishap)];
}

inline std::function<Reply(std::size_t, std::string_view)> always(std::string bytes) {
  return [bytes = std::move(bytes)](std::size_t, std::string_view) { return Reply{bytes}; };
}

}  // namespace test
