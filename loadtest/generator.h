// The generator: carries out a plan with a thread for each loop, shows how it goes, and gives what
// was seen. Blocks the calling thread, which must have no other beside it, until the run is over;
// SIGINT and SIGTERM end it early. An error is one of this machine: no engine, no loop.
#pragma once

#include <chrono>

#include "core/base/result.h"
#include "loadtest/plan.h"
#include "loadtest/tally.h"

namespace loadtest {

struct Outcome {
  Tally tally;
  std::chrono::nanoseconds cpu{0};  // of this process, while measuring
};

[[nodiscard]] core::Result<Outcome> run(const Plan& plan);

}  // namespace loadtest
