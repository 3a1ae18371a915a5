// What the phases of a turn and the causes of a long one are called, for people and for Prometheus.
#pragma once

#include <array>
#include <string_view>

#include "core/io/turn_observer.h"
#include "core/probe/loop_probe.h"

namespace server {

[[nodiscard]] constexpr std::string_view phase_name(core::Phase phase) {
  constexpr std::array<std::string_view, core::kPhaseCount> kNames{"timers", "completions", "inbox",
                                                                   "check", "close"};
  return kNames[static_cast<std::size_t>(phase)];
}

[[nodiscard]] constexpr std::string_view cause_name(core::Cause cause) {
  constexpr std::array<std::string_view, core::kCauseCount> kNames{"busy", "blocked",
                                                                   "descheduled"};
  return kNames[static_cast<std::size_t>(cause)];
}

}  // namespace server
