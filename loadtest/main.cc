// ouro-load's main: from the command line to the report.

#include <fmt/format.h>

#include <cstdio>
#include <utility>
#include <variant>

#include "core/base/descriptor_limit.h"
#include "loadtest/command_line.h"
#include "loadtest/generator.h"
#include "loadtest/plan.h"
#include "loadtest/report.h"

namespace loadtest {
namespace {

int execute(int exit_code) { return exit_code; }

int execute(const Options& options) {
  const auto plan = make_plan(options);
  if (!plan) {
    fmt::print(stderr, "ouro-load: {}\n", plan.error().message);
    return kExitWrongInput;
  }
  core::raise_descriptor_limit();  // every connection is one
  const auto outcome = run(*plan);
  if (!outcome) {
    fmt::print(stderr, "ouro-load: {}\n", outcome.error().message);
    return kExitFailed;
  }
  if (options.json) {
    fmt::print("{}\n", json_report(*plan, *outcome));
  } else {
    fmt::print("{}", summary(*plan, *outcome));
  }
  if (outcome->tally.mishap_count() == 0) return kExitDone;
  std::fflush(stdout);
  fmt::print(stderr, "ouro-load: {} errors, the first of them:\n{}\n",
             outcome->tally.mishap_count(), outcome->tally.first_mishap);
  return kExitFailed;
}

}  // namespace
}  // namespace loadtest

// An exception here is a bug of ours: std::terminate names it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv) {
  return std::visit([](const auto& command) { return loadtest::execute(command); },
                    loadtest::parse_command_line(argc, argv));
}
