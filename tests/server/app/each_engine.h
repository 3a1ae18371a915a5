// Tests of what holds on each engine that this machine has. The test's thread; what fails is shown
// with the engine's name.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "tests/server/app/live_server.h"

namespace test {

// check(engine), on each.
template <typename Check>
void on_engines(Check check) {
  for (const core::Engine& engine : engines()) {
    const std::string engine_name = name_of(engine);
    CAPTURE(engine_name);
    check(engine);
  }
}

// check(server), a server of the folder `root` on each engine; the other options are `options`.
template <typename Check>
void on_live_servers(const std::string& root, LiveOptions options, Check check) {
  on_engines([&](const core::Engine& engine) {
    options.engine = engine;
    LiveServer server(root, options);
    check(server);
  });
}

}  // namespace test
