// Goal: every option arrives where it belongs, durations and digests are read with their units, and
// what is wrong is refused with exit code 2. Method: command lines by hand.

#include "loadtest/command_line.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

using loadtest::Options;

namespace {

std::variant<Options, int> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "ouro-load");
  return loadtest::parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

Options options_of(const std::vector<const char*>& arguments) {
  const auto parsed = parse(arguments);
  REQUIRE(std::holds_alternative<Options>(parsed));
  return std::get<Options>(parsed);
}

}  // namespace

TEST_CASE("defaults") {
  const Options options = options_of({"http://localhost/"});
  CHECK(options.urls == std::vector<std::string>{"http://localhost/"});
  CHECK(options.connections == 64);
  CHECK(options.loops == 1);
  CHECK(options.duration == std::chrono::seconds(10));
  CHECK(options.warmup == std::chrono::seconds(1));
  CHECK_FALSE(options.requests);
  CHECK_FALSE(options.rate);
  CHECK_FALSE(options.guess);
  CHECK_FALSE(options.from);
  CHECK(options.pipeline == 1);
  CHECK(options.method == "GET");
  CHECK(options.expect_status == 200);
  CHECK_FALSE(options.json);
  CHECK_FALSE(options.allow_remote);
}

TEST_CASE("every option") {
  const Options options = options_of({"--connections",
                                      "5",
                                      "--loops",
                                      "2",
                                      "--duration",
                                      "2m",
                                      "--warmup",
                                      "0",
                                      "--requests",
                                      "9",
                                      "--rate",
                                      "0.5",
                                      "--pipeline",
                                      "3",
                                      "--close",
                                      "--discard",
                                      "--resume",
                                      "--tls",
                                      "1.2",
                                      "--idle",
                                      "8",
                                      "--slow",
                                      "100",
                                      "--slow-send",
                                      "--guess",
                                      "anna",
                                      "--from",
                                      "127.64.0.0/10",
                                      "--header",
                                      "A: b",
                                      "--header",
                                      "C: d",
                                      "--method",
                                      "HEAD",
                                      "--expect-status",
                                      "404",
                                      "--expect-length",
                                      "10",
                                      "--expect-digest",
                                      "00fF",
                                      "--engine",
                                      "epoll",
                                      "--timeout",
                                      "1.5s",
                                      "--json",
                                      "--allow-remote",
                                      "http://localhost/a",
                                      "http://localhost/b"});
  CHECK(options.connections == 5);
  CHECK(options.loops == 2);
  CHECK(options.duration == std::chrono::minutes(2));
  CHECK(options.warmup == std::chrono::seconds(0));
  CHECK(options.requests == 9);
  CHECK(options.rate == 0.5);
  CHECK(options.pipeline == 3);
  CHECK(options.close);
  CHECK(options.discard);
  CHECK(options.resume);
  CHECK(options.tls == core::TlsVersion::k12);
  CHECK(options.idle == 8);
  CHECK(options.slow == 100);
  CHECK(options.slow_send);
  CHECK(options.guess == "anna");
  CHECK(options.from == "127.64.0.0/10");
  CHECK(options.header == std::vector<std::string>{"A: b", "C: d"});
  CHECK(options.method == "HEAD");
  CHECK(options.expect_status == 404);
  CHECK(options.expect_length == 10);
  CHECK(options.expect_digest == 255);
  CHECK(options.engine == core::EngineChoice::kEpoll);
  CHECK(options.timeout == std::chrono::milliseconds(1500));
  CHECK(options.json);
  CHECK(options.allow_remote);
  CHECK(options.urls == std::vector<std::string>{"http://localhost/a", "http://localhost/b"});
}

TEST_CASE("durations") {
  CHECK(options_of({"--duration", "250ms", "http://localhost/"}).duration ==
        std::chrono::milliseconds(250));
  CHECK(options_of({"--duration", "3", "http://localhost/"}).duration == std::chrono::seconds(3));
  for (const char* wrong : {"", "s", "3h", "-1s", "1s ", "1e99s", "nan"}) {
    CAPTURE(wrong);
    CHECK(std::get<int>(parse({"--duration", wrong, "http://localhost/"})) == 2);
  }
}

TEST_CASE("what is wrong") {
  CHECK(std::get<int>(parse({})) == 2);
  CHECK(std::get<int>(parse({"--unknown", "http://localhost/"})) == 2);
  CHECK(std::get<int>(parse({"--connections", "-1", "http://localhost/"})) == 2);
  CHECK(std::get<int>(parse({"--tls", "1.1", "https://localhost/"})) == 2);
  CHECK(std::get<int>(parse({"--engine", "kqueue", "http://localhost/"})) == 2);
  CHECK(std::get<int>(parse({"--expect-digest", "xyz", "http://localhost/"})) == 2);
}

TEST_CASE("help is no error") { CHECK(std::get<int>(parse({"--help"})) == 0); }
