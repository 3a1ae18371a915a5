#include "core/probe/loop_probe.h"

#include <algorithm>

namespace core {
namespace {

// What takes less was no sleep: two switches take longer.
constexpr std::chrono::microseconds kSleepMin{3};

// One writer, so no read-modify-write is needed.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) {
  counter.store(counter.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
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
  sampling_ = options_.proof || now - last_read_ >= options_.sampling_period;
  if (!sampling_) return;
  last_usage_ = ThreadUsage::of_this_thread();
  last_read_ = now;
  waits_since_read_ = 0;
}

void LoopProbe::on_worked(const Work& work) {
  waits_from_ = work.ended;
  if (!began_) return;  // nobody has woken it yet
  const Duration took = work.ended - work.woken;
  turns_.note(took);
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
  add(sampled_turns_, 1);
  add(blocking_switches_, (usage - last_usage_).voluntary_switches);
}

void LoopProbe::note_long(const Work& work, const ThreadUsage& usage) {
  const Seen seen{work.ended - work.woken, usage - last_usage_, waits_since_read_};
  add(long_turns_[static_cast<std::size_t>(cause_of(seen))], 1);
}

}  // namespace core
