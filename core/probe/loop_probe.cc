#include "core/probe/loop_probe.h"

#include <algorithm>
#include <utility>

namespace core {
namespace {

// What takes less was no sleep: two switches take longer.
constexpr std::chrono::microseconds kSleepMin{3};

std::string in_words(const Doing& doing) {
  std::string text;
  for (const std::string* name : doing.names()) text.append(text.empty() ? "" : "; ").append(*name);
  if (doing.more() > 0) text += "; " + std::to_string(doing.more()) + " more";
  return text;
}

}  // namespace

Cause LoopProbe::cause_of(const Seen& seen) {
  // Of what the thread had since it was looked at, so much may have been before the turn.
  const Duration cpu_time = std::min(seen.usage.cpu_time, seen.took);
  if (cpu_time >= seen.took / 2) return Cause::kBusy;
  return seen.usage.voluntary_switches > seen.waits ? Cause::kBlocked : Cause::kDescheduled;
}

void LoopProbe::on_woken(TimePoint now) {
  if (now - waits_from_ >= kSleepMin) ++waits_since_read_;
  began_ = true;
  sampling_ = options_.proof || is_due(now);
  if (!sampling_) return;
  last_usage_ = ThreadUsage::of_this_thread();
  last_read_ = now;
  waits_since_read_ = 0;
}

// Not always the first turn after a rest: what comes first may always be the same, a connection
// that is accepted, say.
bool LoopProbe::is_due(TimePoint now) {
  constexpr std::uint64_t kSkipsMax = 2;
  if (now - last_read_ < options_.sampling_period) return false;
  if (skips_ < sampled_turns() % (kSkipsMax + 1)) {
    ++skips_;
    return false;
  }
  skips_ = 0;
  return true;
}

void LoopProbe::on_worked(const Work& work) {
  waits_from_ = work.ended;
  if (!began_) return;  // nobody has woken it yet
  const Duration took = work.ended - work.woken;
  turns_.note(took);
  for (std::size_t phase = 0; phase < kPhaseCount; ++phase) {
    if (work.phases[phase] >= kPhaseMin) phases_[phase].note(work.phases[phase]);
  }
  longest_.store(std::max(longest(), took).count(), std::memory_order_relaxed);

  const bool is_long = took >= options_.long_turn;
  if (!sampling_ && !is_long) return;
  const ThreadUsage usage = ThreadUsage::of_this_thread();
  if (sampling_) note_sampled(usage);
  if (is_long) note_long(work, usage);
  last_usage_ = usage;
  last_read_ = work.ended;
  waits_since_read_ = 0;
}

void LoopProbe::note_sampled(const ThreadUsage& usage) {
  sampled_turns_.add();
  blocking_switches_.add((usage - last_usage_).voluntary_switches);
}

void LoopProbe::note_long(const Work& work, const ThreadUsage& usage) {
  const Seen seen{work.ended - work.woken, usage - last_usage_, waits_since_read_};
  const Cause cause = cause_of(seen);
  long_turns_[static_cast<std::size_t>(cause)].add();
  keep(work, cause);
}

void LoopProbe::keep(const Work& work, Cause cause) {
  const auto longest = std::max_element(work.phases.begin(), work.phases.end());
  LongTurn turn{std::chrono::system_clock::now(), work.ended - work.woken, cause,
                static_cast<Phase>(longest - work.phases.begin()),
                work.doing == nullptr ? "" : in_words(*work.doing)};
  if (!mutex_.try_lock()) return;
  if (last_.size() < kLongTurnsKept) {
    last_.push_back(std::move(turn));
  } else {
    last_[oldest_] = std::move(turn);
    oldest_ = (oldest_ + 1) % kLongTurnsKept;
  }
  mutex_.unlock();
}

std::vector<LoopProbe::LongTurn> LoopProbe::last_long_turns() const {
  const MutexLock lock(mutex_);
  std::vector<LongTurn> turns = last_;
  std::rotate(turns.begin(), turns.begin() + static_cast<std::ptrdiff_t>(oldest_), turns.end());
  return turns;
}

}  // namespace core
