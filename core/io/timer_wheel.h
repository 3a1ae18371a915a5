// TimerWheel: the deadlines of one loop. Coarse (10 ms) and never early. Made for deadlines that
// are put off all the time: setting a timer to a later time is a store, the wheel looks again when
// the old time comes. Loop thread only. A timer unlinks itself when it is destroyed.
//
// How: 512 slots of one tick each. A timer stands in the slot of its deadline, or in the last one
// when that is further away; when a slot's tick comes, those whose deadline has not come move on.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/base/intrusive_list.h"

namespace core {

class Timer : public ListHook<Timer> {
 public:
  explicit Timer(Callback<void()> on_expired) : on_expired_(on_expired) {}

  // kNever when not set.
  [[nodiscard]] TimePoint deadline() const { return deadline_; }

 private:
  friend class TimerWheel;
  const Callback<void()> on_expired_;
  TimePoint deadline_ = kNever;
  std::uint64_t slot_tick_ = 0;  // while linked: the tick whose slot holds it
};

class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{10};

  explicit TimerWheel(TimePoint now) : origin_(now) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // kNever clears it. The timer fires once, at its deadline or up to a tick and a turn later.
  void set(Timer& timer, TimePoint deadline);
  void clear(Timer& timer) { timer.deadline_ = kNever; }

  // Runs what has expired. Callbacks may set and destroy timers, their own included.
  void advance(TimePoint now);

  // When advance() has something to look at next; kNever when no timer is linked.
  [[nodiscard]] TimePoint next_tick_due() const;

 private:
  static constexpr std::uint64_t kSlots = 512;
  static_assert((kSlots & (kSlots - 1)) == 0, "slots are found by masking");

  [[nodiscard]] std::uint64_t tick_of(TimePoint deadline) const;
  void insert(Timer& timer);
  void expire(std::uint64_t tick, TimePoint now);

  const TimePoint origin_;
  std::uint64_t current_tick_ = 0;  // all slots up to and including this one have been looked at
  std::array<IntrusiveList<Timer>, kSlots> slots_;
};

}  // namespace core
