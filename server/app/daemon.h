// Daemon: serves one configuration from start to stop: opens what the server needs from outside,
// starts it, prints the start table and waits for signals. Main thread; returns the process's exit
// code.
#pragma once

#include "config/config.h"

namespace server {

// Every failure has been said on standard error when this returns. If a worker hangs, in the kernel
// or over a password, it does not return but ends the process.
[[nodiscard]] int serve(config::Config config);

}  // namespace server
