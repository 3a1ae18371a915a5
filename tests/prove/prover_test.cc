// Goal: `ouro prove` proves what is so, fails with the culprit's name on a server in which a job
// was put on the loop, and leaves nothing behind. Method: the program itself; and a server that
// hashes passwords, or waits for files, on its loops (job_on_the_loop.cc). A budget is only passed
// where it is passed by far, and only kept where it is a minute.

#include "prove/prover.h"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/loadtest/shown_text.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using test::has;
using test::Process;
using test::TemporaryDirectory;

// With a home of its own for what is temporary.
struct Outcome {
  int code = -1;
  std::string output;
  std::string errors;
  bool nothing_left = false;
};

Outcome prove_with(const prove::Options& options) {
  const TemporaryDirectory home;
  Process prover([&] {
    ::setenv("TMPDIR", home.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    return prove::prove(options);
  });
  Outcome outcome;
  outcome.code = prover.wait();
  outcome.output = prover.output();
  outcome.errors = prover.error_output();
  outcome.nothing_left = std::filesystem::is_empty(home.path());
  return outcome;
}

prove::Options one_storm(const char* storm, const char* program) {
  prove::Options options;
  options.seconds = 1;
  options.rate = 200;
  options.storms = {storm};
  options.program = program;
  return options;
}

}  // namespace

TEST_CASE("on ouro a storm of passwords passes, on both engines, as a table and as JSON") {
  for (const bool json : {false, true}) {
    CAPTURE(json);
    auto options = one_storm("passwords", OURO_BINARY);
    options.engine = json ? "epoll" : "auto";
    options.budget = std::chrono::minutes(1);
    options.json = json;
    const Outcome outcome = prove_with(options);
    CHECK(has(outcome.output, json ? "\"name\": \"alone\"" : "alone "));
    CHECK(has(outcome.output, json ? "\"name\": \"passwords\"" : "wrong passwords "));
    CHECK(has(outcome.output, "hashes/s"));
    CHECK(outcome.output.find("handshakes") == std::string::npos);
    // Sanitizers have locks of their own, which loops wait for.
#ifndef OURO_SANITIZE
    CHECK(has(outcome.output, json ? "\"proved\": true" : "Proved"));
    CHECK(outcome.code == 0);
#endif
    CHECK(outcome.nothing_left);
  }
}

TEST_CASE("a server that hashes passwords on its loop fails, and the route is named") {
  const Outcome outcome = prove_with(one_storm("passwords", JOB_ON_THE_LOOP));
  CHECK(outcome.code == 1);
  CHECK(has(outcome.output, "FAILED"));
  CHECK(has(outcome.output, "/private/** hashes on the loop"));
  CHECK(outcome.nothing_left);
}

TEST_CASE("a server that waits for files on its loop fails: it was blocked, by that route") {
  auto options = one_storm("cold", JOB_ON_THE_LOOP);
  options.budget = std::chrono::minutes(1);
  const Outcome outcome = prove_with(options);
  CHECK(outcome.code == 1);
  CHECK(has(outcome.output, "a loop waited for something"));
  CHECK(has(outcome.output, "/cold/** waits on the loop"));
  CHECK(outcome.nothing_left);
}

TEST_CASE("a server that does not start fails, with its words") {
  const Outcome outcome = prove_with(one_storm("log", "/bin/false"));
  CHECK(outcome.code == 1);
  CHECK(has(outcome.output, "alone: the server is gone: it ended with exit code 1"));
  CHECK(has(outcome.output, "a log nobody reads: the server is gone"));
  CHECK(outcome.nothing_left);
}

TEST_CASE("what nobody can read is not proved, and nothing is left either") {
  for (const bool json : {false, true}) {
    CAPTURE(json);
    const TemporaryDirectory home;
    Process prover([&] {
      ::setenv("TMPDIR", home.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
      if (std::freopen("/dev/full", "w", stdout) == nullptr) return -1;
      auto options = one_storm("log", "/bin/false");
      options.json = json;
      return prove::prove(options);
    });
    CHECK(prover.wait() == 1);
    CHECK(has(prover.error_output(), "ouro prove: cannot write to standard output"));
    CHECK(std::filesystem::is_empty(home.path()));
  }
}

TEST_CASE("without a place for its folder it says so") {
  Process prover([] {
    ::setenv("TMPDIR", "/nowhere/at/all", 1);  // NOLINT(concurrency-mt-unsafe)
    return prove::prove(one_storm("log", OURO_BINARY));
  });
  CHECK(prover.wait() == 1);
  CHECK(has(prover.error_output(), "ouro prove: cannot make the folder /nowhere/at/all/"));
}

TEST_CASE("Ctrl-C ends it, and nothing is left") {
  const TemporaryDirectory home;
  Process prover({OURO_BINARY, "prove", "--storm", "log", "--seconds", "3600"}, [&home] {
    ::setenv("TMPDIR", home.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  });
  while (prover.running() && std::filesystem::is_empty(home.path())) {
  }
  prover.signal(SIGINT);
  CHECK(prover.wait() == 1);
  CHECK(has(prover.error_output(), "ouro prove: interrupted"));
  CHECK(std::filesystem::is_empty(home.path()));
}
