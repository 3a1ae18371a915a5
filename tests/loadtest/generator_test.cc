// Goal: every kind of load asks for exactly what it says, sees every wrong answer, and never hides
// a stall. Method: whole runs, both engines, against a scripted server on loopback. Times are only
// compared with what a stall makes certain: at least so long.

#include "loadtest/generator.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadtest/plan.h"
#include "loadtest/response_parser.h"
#include "tests/loadtest/scripted_server.h"
#include "tests/loadtest/whole_run.h"

namespace {

using loadtest::Mishap;
using loadtest::Options;
using loadtest::Outcome;
using std::chrono::milliseconds;
using test::always;
using test::mishaps;
using test::ok;
using test::Reply;
using test::requests;
using test::run;
using test::ScriptedServer;

constexpr std::array kEngines{core::EngineChoice::kAuto, core::EngineChoice::kEpoll};

}  // namespace

TEST_CASE("a closed loop sends so many requests and counts every answer") {
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok("hello")));
    const Outcome outcome = run(server, requests(100, 4, engine));
    CHECK(outcome.tally.requests == 100);
    CHECK(outcome.tally.bytes == 100 * ok("hello").size());
    CHECK(outcome.tally.latency.count() == 100);
    CHECK(outcome.tally.connections_opened == 4);
    CHECK(outcome.tally.mishap_count() == 0);
    CHECK(outcome.tally.measured.count() > 0);
    CHECK(outcome.cpu.count() > 0);
    CHECK(server.requests() == 100);
  }
}

TEST_CASE("loops share requests and connections") {
  ScriptedServer server(always(ok("hello")));
  Options options = requests(101, 5, core::EngineChoice::kAuto);
  options.loops = 2;
  const Outcome outcome = run(server, options);
  CHECK(outcome.tally.requests == 101);
  CHECK(outcome.tally.connections_opened == 5);
  CHECK(server.requests() == 101);
}

TEST_CASE("pipelined requests are sent together and all answered") {
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok("hello")));
    Options options = requests(200, 2, engine);
    options.pipeline = 8;
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 200);
    CHECK(outcome.tally.connections_opened == 2);
    CHECK(outcome.tally.mishap_count() == 0);
  }
}

TEST_CASE("an announced close is no error, and what was sent behind it is sent again") {
  const std::string last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx";
  for (const auto engine : kEngines) {
    for (const std::size_t depth : {1U, 4U}) {
      ScriptedServer server([&](std::size_t number, std::string_view) {
        return number % 5 == 4 ? Reply{last, milliseconds(0), true} : Reply{ok("x")};
      });
      Options options = requests(50, 1, engine);
      options.pipeline = depth;
      const Outcome outcome = run(server, options);
      CHECK(outcome.tally.requests == 50);
      CHECK(outcome.tally.mishap_count() == 0);
      CHECK(outcome.tally.connections_opened >= 10);
    }
  }
}

TEST_CASE("a connection for each request") {
  for (const auto engine : kEngines) {
    ScriptedServer server([](std::size_t, std::string_view request) {
      const bool asked = request.find("\r\nConnection: close\r\n") != std::string_view::npos;
      return Reply{ok(asked ? "yes" : ""), milliseconds(0), true};
    });
    Options options = requests(60, 3, engine);
    options.close = true;
    options.expect_length = 3;
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 60);
    CHECK(outcome.tally.mishap_count() == 0);
    CHECK(outcome.tally.connections_opened == 60);
    CHECK(server.connections() == 60);
  }
}

TEST_CASE("large bodies: read with their digest, and thrown away but counted") {
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += static_cast<char>(i * 7);
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok(body)));
    Options options = requests(20, 2, engine);
    options.expect_length = body.size();
    options.expect_digest = loadtest::fnv1a(body);
    Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 20);
    CHECK(outcome.tally.bytes == 20 * ok(body).size());
    CHECK(outcome.tally.mishap_count() == 0);
    options.expect_digest.reset();
    options.discard = true;
    outcome = run(server, options);
    CHECK(outcome.tally.requests == 20);
    CHECK(outcome.tally.bytes == 20 * ok(body).size());
    CHECK(outcome.tally.mishap_count() == 0);
  }
}

TEST_CASE("slow clients take the time that their pace needs") {
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok(std::string(20'000, 'x'))));
    Options options = requests(1, 1, engine);
    options.slow = 100'000;
    Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 1);
    CHECK(outcome.tally.latency.max() >= milliseconds(150));
    options.slow = 200;
    options.slow_send = true;  // a head of about 40 bytes
    outcome = run(server, options);
    CHECK(outcome.tally.requests == 1);
    CHECK(outcome.tally.latency.max() >= milliseconds(100));
  }
}

TEST_CASE("idle connections are opened, kept and not used") {
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok("hello")));
    Options options;
    options.engine = engine;
    options.idle = 300;
    options.duration = milliseconds(50);
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.connections_opened == 300);
    CHECK(outcome.tally.mishap_count() == 0);
    CHECK(server.requests() == 0);
  }
}

TEST_CASE("a closed loop on one connection sees a stall once") {
  for (const auto engine : kEngines) {
    ScriptedServer server([](std::size_t number, std::string_view) {
      return Reply{ok("hello"), milliseconds(number == 50 ? 200 : 0)};
    });
    const Outcome outcome = run(server, requests(200, 1, engine));
    CHECK(outcome.tally.requests == 200);
    CHECK(outcome.tally.latency.max() >= milliseconds(200));
    CHECK(outcome.tally.latency.quantile(0.9) < milliseconds(200));
  }
}

TEST_CASE("an open loop sees a stall in every request that was meant to be sent meanwhile") {
  for (const auto engine : kEngines) {
    for (const bool close : {false, true}) {
      ScriptedServer server([close](std::size_t number, std::string_view) {
        return Reply{ok("hello"), milliseconds(number == 50 ? 200 : 0), close};
      });
      Options options = requests(200, 1, engine);
      options.rate = 500;
      options.close = close;
      const Outcome outcome = run(server, options);
      CHECK(outcome.tally.requests == 200);
      CHECK(outcome.tally.mishap_count() == 0);
      // 100 requests were due in these 200 ms: of all 200 a quarter waited for at least 100 ms.
      CHECK(outcome.tally.latency.quantile(0.76) >= milliseconds(95));
      CHECK(outcome.tally.latency.quantile(0.99) >= milliseconds(190));
      CHECK(outcome.tally.latency.max() >= milliseconds(200));
      // The schedule is kept: the last is meant to be sent after 398 ms.
      CHECK(outcome.tally.measured >= milliseconds(398));
    }
  }
}

TEST_CASE("what is due before the end is sent and counted, although the server is late") {
  ScriptedServer server([](std::size_t number, std::string_view) {
    return Reply{ok("hello"), milliseconds(number == 0 ? 300 : 0)};
  });
  Options options;
  options.rate = 100;
  options.connections = 1;
  options.warmup = milliseconds(0);
  options.duration = milliseconds(200);
  const Outcome outcome = run(server, options);
  CHECK(outcome.tally.requests == 20);
  CHECK(outcome.tally.latency.quantile(0.5) >= milliseconds(190));
}

TEST_CASE("wrong answers are counted by what is wrong, and the first is shown") {
  struct Wrong {
    Reply reply;
    Mishap mishap;
    std::string_view shown;
  };
  const std::vector<Wrong> wrongs{
      {{"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"}, Mishap::kStatus, "HTTP/1.1 500 Oh"},
      {{"nonsense\r\n\r\n"}, Mishap::kStatus, "nonsense"},
      {{ok("hell")}, Mishap::kLength, "a body of 4 bytes, expected 5"},
      {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}, Mishap::kLength, "chunked"},
      {{ok("hullo")}, Mishap::kDigest, "expected"},
      {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", milliseconds(0), true},
       Mishap::kClosed,
       "2 bytes before the end"},
      {{"HTTP/1.1 200 O", milliseconds(0), true}, Mishap::kClosed, "HTTP/1.1 200 O"},
      {{"", milliseconds(0), true}, Mishap::kClosed, "before it answered"},
  };
  for (const auto engine : kEngines) {
    for (const Wrong& wrong : wrongs) {
      CAPTURE(wrong.shown);
      ScriptedServer server([&wrong](std::size_t number, std::string_view) {
        return number == 3 ? wrong.reply : Reply{ok("hello")};
      });
      Options options = requests(10, 1, engine);
      options.expect_length = 5;
      options.expect_digest = loadtest::fnv1a("hello");
      const Outcome outcome = run(server, options);
      CHECK(outcome.tally.requests == 9);
      CHECK(outcome.tally.mishap_count() == 1);
      CHECK(mishaps(outcome, wrong.mishap) == 1);
      CHECK(outcome.tally.first_mishap.find(wrong.shown) != std::string::npos);
    }
  }
}

TEST_CASE("bytes that nobody asked for are an error") {
  ScriptedServer server(always(ok("hello") + ok("again")));
  const Outcome outcome = run(server, requests(5, 1, core::EngineChoice::kAuto));
  CHECK(mishaps(outcome, Mishap::kStatus) >= 1);
  CHECK(outcome.tally.first_mishap.find("nobody asked for") != std::string::npos);
}

TEST_CASE("an answer that does not come is a timeout, with its time among the latencies") {
  for (const auto engine : kEngines) {
    ScriptedServer server(
        [](std::size_t number, std::string_view) { return Reply{number == 3 ? "" : ok("hello")}; });
    Options options = requests(10, 1, engine);
    options.timeout = milliseconds(1000);
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 9);
    CHECK(mishaps(outcome, Mishap::kTimeout) == 1);
    CHECK(outcome.tally.latency.count() == 10);
    CHECK(outcome.tally.latency.max() >= milliseconds(1000));
  }
}

TEST_CASE("where nobody listens the run ends at once") {
  std::string url;
  {
    const ScriptedServer server(always(ok("")));
    url = server.url();
  }
  for (const auto engine : kEngines) {
    for (const bool close : {false, true}) {
      Options options;
      options.engine = engine;
      options.urls = {url};
      options.close = close;
      const auto plan = loadtest::make_plan(options);
      REQUIRE(plan);
      const auto outcome = loadtest::run(*plan);
      REQUIRE(outcome);
      CHECK(outcome->tally.requests == 0);
      CHECK(mishaps(*outcome, Mishap::kConnect) > 0);
      CHECK(outcome->tally.first_mishap.find("refused") != std::string::npos);
    }
  }
}
