// Goal: whatever becomes of the server, a trial ends with a row that says so. Method: the server
// itself, and programs that are none.

#include "prove/trial.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/server/app/temporary_directory.h"

namespace {

using prove::Row;

std::optional<Row> run(const char* storm, const std::string& program, bool interrupted = false) {
  prove::Options options;
  options.seconds = 1;
  options.rate = 100;
  options.program = program;
  prove::Interruption interruption;
  if (interrupted) ::raise(SIGINT);
  const auto site = prove::TemporarySite::make({});
  REQUIRE(site);
  return prove::Trial(options, *prove::storm_by_name(storm), **site, interruption).run();
}

std::string script(const test::TemporaryDirectory& directory, const std::string& text) {
  std::string path = directory.write("server", "#!/bin/sh\n" + text + "\n");
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  return path;
}

}  // namespace

TEST_CASE("a storm is measured on both sides") {
  const auto row = run("log", OURO_BINARY);
  REQUIRE(row);
  for (const std::string& failure : row->failures) MESSAGE(failure);
  CHECK(row->failures.empty());
  CHECK(row->end.empty());
  CHECK(!row->engine.empty());
  CHECK(!row->loops_count.empty());
  CHECK(row->plain.answered == 100);
  CHECK(row->plain.failed == 0);
  CHECK(row->plain.p50 > std::chrono::nanoseconds(0));
  CHECK(row->plain.max >= row->plain.p99);
  CHECK(row->loops.turns >= 100);
  CHECK(row->loops.sampled_turns >= row->loops.turns / 2);
  CHECK(row->lag > 0);
  REQUIRE(row->work.size() == 1);
  CHECK(row->work[0].unit == "lines dropped/s");
}

TEST_CASE("a server that ends, at once or later, is a row with its last words") {
  const test::TemporaryDirectory directory;
  const auto at_once = run("alone", script(directory, "echo 'ouro: no memory' >&2; exit 1"));
  REQUIRE(at_once);
  CHECK(at_once->end == "it ended with exit code 1");
  CHECK(at_once->said == "ouro: no memory\n");
  const std::string dying = std::string(OURO_BINARY) + " \"$@\" & server=$!; " +
                            "sleep 1; kill -9 $server; wait $server; echo killed >&2; exit 1";
  const auto later = run("alone", script(directory, dying));
  REQUIRE(later);
  CHECK(later->end == "it ended with exit code 1");
  CHECK(later->said.find("killed\n") != std::string::npos);
}

TEST_CASE("an interruption ends it without a row") { CHECK(!run("alone", OURO_BINARY, true)); }

TEST_CASE("lines about held loops are found in a log, whatever is before them") {
  const std::string log =
      "ouro 0.1.0\n  loops     2\n"
      "2026-11-27T10:00:00Z loop 0 is held for 312 ms in its check phase, by site x /**\n"
      "something else\n"
      "loop 11 is held for 2000 ms in its inbox phase";
  CHECK(prove::held_loops_in(log) ==
        std::vector<std::string>{"loop 0 is held for 312 ms in its check phase, by site x /**",
                                 "loop 11 is held for 2000 ms in its inbox phase"});
  CHECK(prove::held_loops_in(" is held for \n").empty());
  CHECK(prove::held_loops_in("").empty());
}
