// LoopProbe: how long a loop's turns are, and why the long ones were. A turn is what lies between
// two waits: so long everybody else on the loop waits at least.
//
// Every turn is timed. What a turn had of the CPU, and whether it waited for something, costs
// system calls at each of its ends: exactly known of every turn in proof mode, else of one in a
// sampling period. Of a long turn in between, what it had is known to within that period, which is
// enough to say why it was long.
//
// The loop's thread notes; any thread reads. Owned by whoever owns the loop, outlives it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counter.h"
#include "core/base/duration_counts.h"
#include "core/base/thread_annotations.h"
#include "core/io/turn_observer.h"
#include "core/probe/thread_usage.h"

namespace core {

// Where most of a long turn's time went.
enum class Cause : std::uint8_t {
  kBusy,         // it computed
  kBlocked,      // it waited for something: what a loop must never do
  kDescheduled,  // it could have gone on, and had no CPU: others, a quota, the machine below
};
inline constexpr std::size_t kCauseCount = 3;

class LoopProbe final : public TurnObserver {
 public:
  struct Options {
    Duration long_turn = std::chrono::milliseconds(10);
    Duration sampling_period = std::chrono::milliseconds(1);
    bool proof = false;  // sleep apart, and know each turn exactly
  };
  struct Seen {
    Duration took{};          // the turn
    ThreadUsage usage;        // of the turn, and of what lay between it and the look before it
    std::uint64_t waits = 0;  // that lay between them and may have slept: a voluntary switch each
  };

  // One that was long.
  struct LongTurn {
    std::chrono::system_clock::time_point ended;
    Duration took{};
    Cause cause = Cause::kBusy;
    Phase phase = Phase::kTimers;  // that took most of it
    std::string doing;             // for whom, in turn; empty: nobody said
  };
  // So many of the last ones are kept.
  static constexpr std::size_t kLongTurnsKept = 16;
  // Phases that took less are not noted one by one: their number and time are known from the rest.
  static constexpr std::size_t kPhaseBucketMin = 13;
  static constexpr Duration kPhaseMin{Duration::rep{1} << kPhaseBucketMin};

  explicit LoopProbe(Options options) : options_(options) {}

  [[nodiscard]] static Cause cause_of(const Seen& seen);

  // --- The loop.
  void on_woken(TimePoint now) override;
  void on_worked(const Work& work) override;
  [[nodiscard]] bool sleeps_apart() const override { return options_.proof; }

  // --- Any thread.
  [[nodiscard]] const DurationCounts& turns() const { return turns_; }
  // One phase of the turns, where it took kPhaseMin and more.
  [[nodiscard]] const DurationCounts& phases(Phase phase) const {
    return phases_.at(static_cast<std::size_t>(phase));
  }
  [[nodiscard]] std::uint64_t long_turns(Cause cause) const {
    return long_turns_.at(static_cast<std::size_t>(cause)).value();
  }
  // The last ones, in turn. The loop does not wait for who reads them: what ends meanwhile is
  // counted and not kept.
  [[nodiscard]] std::vector<LongTurn> last_long_turns() const;
  [[nodiscard]] Duration longest() const {
    return Duration(longest_.load(std::memory_order_relaxed));
  }
  // Of the turns that were known exactly: how many, and how often they waited for something. Each
  // of these waits is one that should not have been.
  [[nodiscard]] std::uint64_t sampled_turns() const { return sampled_turns_.value(); }
  [[nodiscard]] std::uint64_t blocking_switches() const { return blocking_switches_.value(); }

 private:
  [[nodiscard]] bool is_due(TimePoint now);
  void note_sampled(const ThreadUsage& usage);
  void note_long(const Work& work, const ThreadUsage& usage);
  void keep(const Work& work, Cause cause);

  const Options options_;

  // The loop.
  bool sampling_ = false;    // this turn
  std::uint64_t skips_ = 0;  // turns since one was due to be sampled
  bool began_ = false;
  ThreadUsage last_usage_;
  TimePoint last_read_;
  TimePoint waits_from_;
  std::uint64_t waits_since_read_ = 0;

  // Written by the loop.
  DurationCounts turns_;
  std::array<DurationCounts, kPhaseCount> phases_;
  std::array<Counter, kCauseCount> long_turns_;
  std::atomic<Duration::rep> longest_{0};
  Counter sampled_turns_;
  Counter blocking_switches_;

  mutable Mutex mutex_;
  std::vector<LongTurn> last_ GUARDED_BY(mutex_);  // the next takes the place of the oldest
  std::size_t oldest_ GUARDED_BY(mutex_) = 0;
};

}  // namespace core
