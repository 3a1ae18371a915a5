// A loop whose turns do what a test says, on either engine, with a probe or a watch at it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "core/io/event_loop.h"
#include "tests/core/io/engine_loop.h"

namespace test {

// Two turns: one with `work` in its check phase, and one that ends behind it.
void turn_with(core::EventLoop& loop, const std::function<void()>& work);

// On epoll, never sleeps; each look at its sockets takes kSlowLook by its clock, nothing else does.
[[nodiscard]] std::unique_ptr<core::EventLoop> make_slow_loop();
inline constexpr core::Duration kSlowLook = std::chrono::milliseconds(1);

// Waits, as a turn never should.
void do_nothing_for(core::Duration time);
void spin_for(core::Duration time);
// Of CPU, however long that takes.
void compute_for(core::Duration cpu_time);

}  // namespace test
