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
#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/duration_counts.h"
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

  explicit LoopProbe(Options options) : options_(options) {}

  [[nodiscard]] static Cause cause_of(const Seen& seen);

  // --- The loop.
  void on_woken(TimePoint now) override;
  void on_worked(const Work& work) override;
  [[nodiscard]] bool sleeps_apart() const override { return options_.proof; }

  // --- Any thread.
  [[nodiscard]] const DurationCounts& turns() const { return turns_; }
  [[nodiscard]] std::uint64_t long_turns(Cause cause) const {
    return long_turns_.at(static_cast<std::size_t>(cause)).load(std::memory_order_relaxed);
  }
  [[nodiscard]] Duration longest() const {
    return Duration(longest_.load(std::memory_order_relaxed));
  }
  // Of the turns that were known exactly: how many, and how often they waited for something. Each
  // of these waits is one that should not have been.
  [[nodiscard]] std::uint64_t sampled_turns() const {
    return sampled_turns_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t blocking_switches() const {
    return blocking_switches_.load(std::memory_order_relaxed);
  }

 private:
  void note_sampled(const ThreadUsage& usage);
  void note_long(const Work& work, const ThreadUsage& usage);

  const Options options_;

  // The loop.
  bool sampling_ = false;  // this turn
  bool began_ = false;
  ThreadUsage last_usage_;
  TimePoint last_read_;
  TimePoint waits_from_;
  std::uint64_t waits_since_read_ = 0;

  // Written by the loop.
  DurationCounts turns_;
  std::array<std::atomic<std::uint64_t>, kCauseCount> long_turns_{};
  std::atomic<Duration::rep> longest_{0};
  std::atomic<std::uint64_t> sampled_turns_{0};
  std::atomic<std::uint64_t> blocking_switches_{0};
};

}  // namespace core
