// Goal: https is loaded as http is: every kind of load, every wrong answer; and a run says how many
// handshakes there were, how many resumed, and why one failed. Method: whole runs, both engines,
// against a scripted server that speaks TLS.

#include "loadtest/tls_stream.h"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "loadtest/generator.h"
#include "loadtest/plan.h"
#include "loadtest/response_parser.h"
#include "tests/loadtest/channel.h"
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
using test::tls_server;

constexpr std::array kEngines{core::EngineChoice::kAuto, core::EngineChoice::kEpoll};

loadtest::Plan plan_of(Options options) {
  auto plan = loadtest::make_plan(std::move(options));
  REQUIRE(plan);
  return *plan;
}

}  // namespace

TEST_CASE("https keep-alive: a handshake for each connection, exactly as many requests as asked") {
  for (const auto engine : kEngines) {
    for (const std::size_t pipeline : {1U, 5U}) {
      ScriptedServer server(always(ok("hello")), tls_server());
      Options options = requests(400, 8, engine);
      options.pipeline = pipeline;
      options.expect_length = 5;
      options.expect_digest = loadtest::fnv1a("hello");
      const Outcome outcome = run(server, options);
      CHECK(outcome.tally.requests == 400);
      CHECK(server.requests() == 400);
      CHECK(outcome.tally.mishap_count() == 0);
      CHECK(outcome.tally.connections_opened == 8);
      CHECK(outcome.tally.tls.handshakes == 8);
      CHECK(outcome.tally.tls.resumed == 0);
      CHECK(outcome.tally.tls.version == "TLSv1.3");
      CHECK(outcome.tally.tls.cipher.starts_with("TLS_"));
      CHECK(outcome.tally.tls.failures.empty());
      // Bytes are those of HTTP.
      CHECK(outcome.tally.bytes == 400 * ok("hello").size());
    }
  }
}

TEST_CASE("https, a connection for each request: full handshakes, or each resumes the one before") {
  for (const auto engine : kEngines) {
    for (const auto version : {core::TlsVersion::k12, core::TlsVersion::k13}) {
      for (const bool resume : {false, true}) {
        ScriptedServer server(always(ok("hello")), tls_server());
        Options options = requests(40, 4, engine);
        options.close = true;
        options.resume = resume;
        options.tls = version;
        const Outcome outcome = run(server, options);
        CHECK(outcome.tally.requests == 40);
        CHECK(outcome.tally.mishap_count() == 0);
        CHECK(outcome.tally.tls.handshakes == 40);
        // The first of each connection has nothing to resume.
        const std::uint64_t resumed = outcome.tally.tls.resumed;
        if (resume) {
          CHECK(resumed >= 36);
          CHECK(resumed < 40);
        } else {
          CHECK(resumed == 0);
        }
        CHECK(outcome.tally.tls.version ==
              (version == core::TlsVersion::k12 ? "TLSv1.2" : "TLSv1.3"));
      }
    }
  }
}

TEST_CASE("https: bodies of many records, whole") {
  std::string body;
  for (int i = 0; i < 300'000; ++i) body += static_cast<char>(i * 7);
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok(body)), tls_server());
    Options options = requests(20, 2, engine);
    options.expect_length = body.size();
    options.expect_digest = loadtest::fnv1a(body);
    const Outcome outcome = run(server, options);
    CHECK(outcome.tally.requests == 20);
    CHECK(outcome.tally.mishap_count() == 0);
  }
}

TEST_CASE("https: open loop, slow and idle clients") {
  for (const auto engine : kEngines) {
    ScriptedServer server(always(ok("hello")), tls_server());
    Options open = requests(50, 2, engine);
    open.rate = 1000;
    CHECK(run(server, open).tally.requests == 50);
    Options slow = requests(2, 1, engine);
    slow.slow = 1000;
    slow.slow_send = true;
    CHECK(run(server, slow).tally.requests == 2);
    slow.slow = 100'000;
    slow.slow_send = false;
    CHECK(run(server, slow).tally.requests == 2);
    Options idle;
    idle.engine = engine;
    idle.idle = 20;
    idle.duration = milliseconds(50);
    const Outcome outcome = run(server, idle);
    CHECK(outcome.tally.connections_opened == 20);
    CHECK(outcome.tally.tls.handshakes == 20);
    CHECK(outcome.tally.mishap_count() == 0);
  }
}

TEST_CASE("https: a connection that ends, with close_notify or within a body") {
  for (const auto engine : kEngines) {
    ScriptedServer server(
        [](std::size_t number, std::string_view) {
          if (number == 3) return Reply{ok("hello").substr(0, 40), milliseconds(0), true};
          return Reply{ok("hello")};
        },
        tls_server());
    const Outcome outcome = run(server, requests(10, 1, engine));
    CHECK(outcome.tally.requests == 9);
    CHECK(mishaps(outcome, Mishap::kClosed) == 1);
    CHECK(outcome.tally.mishap_count() == 1);
    CHECK(outcome.tally.tls.handshakes == 2);
  }
}

TEST_CASE("no handshake: counted in few words, and the run ends at once") {
  struct Wrong {
    std::shared_ptr<const core::TlsServerContext> tls;
    std::string words;
    milliseconds timeout;
  };
  const std::array wrongs{
      Wrong{tls_server(core::TlsVersion::k13), "protocol version alert from the peer",
            std::chrono::seconds(20)},
      // It waits for the end of a head that never comes.
      Wrong{nullptr, "timeout", milliseconds(200)},
  };
  for (const auto engine : kEngines) {
    for (const Wrong& wrong : wrongs) {
      CAPTURE(wrong.words);
      ScriptedServer server(always(ok("hello")), wrong.tls);
      Options options = requests(10, 1, engine);
      options.urls = {"https" + server.url().substr(server.url().find(':'))};
      options.tls = core::TlsVersion::k12;
      options.timeout = wrong.timeout;
      const auto outcome = loadtest::run(plan_of(options));
      REQUIRE(outcome);
      CHECK(outcome->tally.requests == 0);
      CHECK(outcome->tally.tls.handshakes == 0);
      CHECK(mishaps(*outcome, Mishap::kTls) == outcome->tally.mishap_count());
      CHECK(outcome->tally.tls.failures.at(wrong.words) == outcome->tally.mishap_count());
      CHECK(outcome->tally.first_mishap.starts_with("tls: no TLS handshake"));
    }
  }
}
