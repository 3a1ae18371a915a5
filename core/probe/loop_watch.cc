#include "core/probe/loop_watch.h"

#include <algorithm>
#include <utility>

namespace core {
namespace {

Duration held(const LoopStatistics& statistics, TimePoint now) {
  const TimePoint since = statistics.working_since.load(std::memory_order_relaxed);
  return since == kNever ? Duration::zero() : std::max(now - since, Duration::zero());
}

}  // namespace

LoopWatch::LoopWatch(const std::vector<const LoopStatistics*>& loops, Options options)
    : options_(options) {
  for (const LoopStatistics* statistics : loops) loops_.push_back({.statistics = statistics});
}

std::vector<LoopWatch::Held> LoopWatch::look(TimePoint now) {
  std::vector<Held> result;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    Watched& watched = loops_[i];
    const TimePoint began = watched.statistics->working_since.load(std::memory_order_relaxed);
    if (began == kNever || now - began < options_.limit) continue;
    if (!is_to_tell(watched, began, now)) continue;
    const std::string* doing = watched.statistics->doing.now();
    result.push_back({i, now - began, watched.statistics->phase.load(std::memory_order_relaxed),
                      doing == nullptr ? "" : *doing, std::exchange(watched.untold, 0)});
  }
  return result;
}

bool LoopWatch::is_to_tell(Watched& watched, TimePoint began, TimePoint now) const {
  if (began != watched.turn) {
    if (!watched.told) ++watched.untold;
    watched.turn = began;
    watched.tell_at = options_.limit;
    watched.told = false;
  }
  if (now - began < watched.tell_at) return false;
  if (!watched.told && now < watched.quiet_until) return false;
  watched.told = true;
  watched.quiet_until = now + options_.quiet;
  watched.tell_at = 2 * (now - began);
  return true;
}

Duration LoopWatch::longest_held(TimePoint now) const {
  Duration longest{};
  for (const Watched& watched : loops_) longest = std::max(longest, held(*watched.statistics, now));
  return longest;
}

}  // namespace core
