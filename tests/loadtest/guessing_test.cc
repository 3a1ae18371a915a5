// Goal: --guess and --from reach the wire: no password comes twice, whatever loop, connection or
// pipeline it goes through, and each connection comes from the next address. Method: whole runs,
// both engines, against a scripted server that keeps what it was sent.

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loadtest/plan.h"
#include "tests/loadtest/scripted_server.h"
#include "tests/loadtest/whole_run.h"

namespace {

using loadtest::Mishap;
using loadtest::Options;
using loadtest::Outcome;
using test::always;
using test::mishaps;
using test::ok;
using test::Reply;
using test::requests;
using test::run;
using test::ScriptedServer;

constexpr std::string_view kRefused = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n";

Options guesses(std::uint64_t count, std::size_t connections, core::EngineChoice engine) {
  Options options = requests(count, connections, engine);
  options.guess = "anna";
  options.expect_status = 401;
  return options;
}

// Of a request, all of its field Authorization.
std::string authorization_of(std::string_view request) {
  constexpr std::string_view kName = "\r\nAuthorization: Basic ";
  const auto begin = request.find(kName);
  if (begin == std::string_view::npos) return "none";
  const auto end = request.find("\r\n", begin + kName.size());
  return std::string(request.substr(begin, end - begin));
}

}  // namespace

TEST_CASE("no password is sent twice") {
  for (const auto engine : {core::EngineChoice::kAuto, core::EngineChoice::kEpoll}) {
    std::set<std::string> sent;  // the server calls its script under a lock
    ScriptedServer server([&sent](std::size_t, std::string_view request) {
      sent.insert(authorization_of(request));
      return Reply{std::string(kRefused)};
    });
    Options options = guesses(200, 4, engine);
    options.loops = 2;
    CHECK(run(server, options).tally.requests == 200);
    options.pipeline = 4;
    CHECK(run(server, options).tally.requests == 200);
    options.pipeline = 1;
    options.close = true;
    CHECK(run(server, options).tally.requests == 200);
    CHECK(server.requests() == 600);
    CHECK(sent.size() == 600);
    CHECK(sent.count("none") == 0);
  }
}

TEST_CASE("a password that is let in is an error") {
  ScriptedServer server([](std::size_t number, std::string_view) {
    return Reply{number == 3 ? ok("hello") : std::string(kRefused)};
  });
  const Outcome outcome = run(server, guesses(10, 1, core::EngineChoice::kAuto));
  CHECK(outcome.tally.requests == 9);
  CHECK(mishaps(outcome, Mishap::kStatus) == 1);
}

TEST_CASE("each connection has the next address") {
  for (const auto engine : {core::EngineChoice::kAuto, core::EngineChoice::kEpoll}) {
    ScriptedServer server(always(ok("hello")));
    Options options = requests(64, 4, engine);
    options.from = "127.64.0.0/10";
    options.close = true;
    options.loops = 2;
    CHECK(run(server, options).tally.requests == 64);
    const std::vector<std::string> clients = server.clients();
    CHECK(clients.size() == 64);
    const std::set<std::string> different(clients.begin(), clients.end());
    CHECK(different.size() == 64);
    for (const std::string& client : clients) CHECK(client.starts_with("127."));
    CHECK(different.count("127.0.0.1") == 0);
  }
}

TEST_CASE("an address that is not this machine's is an error, and the run ends") {
  ScriptedServer server(always(ok("hello")));
  for (const bool close : {false, true}) {
    Options options = requests(5, 2, core::EngineChoice::kAuto);
    options.from = "192.0.2.1";
    options.close = close;
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 0);
    CHECK(mishaps(outcome, Mishap::kConnect) >= 1);
    CHECK(outcome.tally.first_mishap.find("--from") != std::string::npos);
  }
}
