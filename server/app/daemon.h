// Daemon: serves one configuration from start to stop: opens what the server needs from outside,
// starts it, prints the start table and waits for signals. Main thread; returns the process's exit
// code.
#pragma once

#include <functional>

#include "config/config.h"
#include "core/io/event_loop.h"
#include "server/dispatch/router.h"

namespace server {

// What no configuration says.
struct ServingMode {
  bool proof = false;   // each turn of a loop is known exactly, at the price of system calls
  bool stacks = false;  // a loop that is held is named with what its thread executes
  // For tests. See ServingLoop::Setup.
  std::function<void(Router&, core::EventLoop&)> add_sites = {};
};

// Every failure has been said on standard error when this returns. If a worker hangs, in the kernel
// or over a password, it does not return but ends the process.
[[nodiscard]] int serve(config::Config config, const ServingMode& mode = {});

}  // namespace server
