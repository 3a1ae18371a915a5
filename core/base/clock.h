// The clocks. Any thread. Time is read fresh by whoever reports it: a time cached per turn hides
// the very stalls it should show.
#pragma once

#include <chrono>

namespace core {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC through the vDSO, about 25 ns
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

inline constexpr TimePoint kNever = TimePoint::max();

}  // namespace core
