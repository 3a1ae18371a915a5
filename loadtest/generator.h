// The generator: carries out a plan, shows how it goes, and gives what was seen. Blocks the calling
// thread, which must have no other beside it, until the run is over; SIGINT and SIGTERM end it
// early. An error is one of this machine: no engine, no loop.
#pragma once

#include "core/base/result.h"
#include "loadtest/load_run.h"
#include "loadtest/plan.h"

namespace loadtest {

[[nodiscard]] core::Result<Outcome> run(const Plan& plan);

}  // namespace loadtest
