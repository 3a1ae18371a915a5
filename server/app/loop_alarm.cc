#include "server/app/loop_alarm.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "server/app/phase_name.h"

namespace server {

std::string describe(const core::LoopWatch::Held& held) {
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(held.lasted).count();
  std::string text = fmt::format("loop {} is held for {} ms in its {} phase", held.loop, lasted,
                                 phase_name(held.phase));
  if (!held.doing.empty()) text += ", by " + held.doing;
  if (held.untold > 0) text += fmt::format(" ({} such turns before were not told of)", held.untold);
  return text;
}

LoopAlarm::LoopAlarm(const std::vector<const core::LoopStatistics*>& loops, Callbacks callbacks,
                     core::LoopWatch::Options options)
    : watch_(loops, options),
      callbacks_(std::move(callbacks)),
      thread_([this] { look(); }, kPeriod) {}

void LoopAlarm::look() {
  for (const core::LoopWatch::Held& held : watch_.look(core::Clock::now())) {
    const std::string stack = callbacks_.stack_of ? callbacks_.stack_of(held.loop) : "";
    callbacks_.say(describe(held) + stack);
  }
}

}  // namespace server
