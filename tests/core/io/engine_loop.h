// A loop on the engine that a test case is run for: TEST_CASE_TEMPLATE(..., Engine, UringLoop,
// EpollLoop). The test's thread.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <utility>

#include "core/io/event_loop.h"

namespace test {

struct UringLoop {
  static constexpr core::EngineChoice kChoice = core::EngineChoice::kIoUring;
};
struct EpollLoop {
  static constexpr core::EngineChoice kChoice = core::EngineChoice::kEpoll;
};

// nullptr, and a message, where the engine is refused.
[[nodiscard]] inline std::unique_ptr<core::EventLoop> make_loop(core::EngineChoice choice) {
  const auto engine = core::choose_engine(choice, 1);
  if (!engine) {
    MESSAGE("skipped: ", engine.error().message);
    return nullptr;
  }
  auto loop = core::EventLoop::create(*engine);
  REQUIRE(loop.has_value());
  return std::move(*loop);
}

}  // namespace test
