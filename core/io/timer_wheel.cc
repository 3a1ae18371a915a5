#include "core/io/timer_wheel.h"

#include <algorithm>

namespace core {

TimerWheel::~TimerWheel() {
  for (IntrusiveList<Timer>& slot : slots_) {
    while (slot.pop_front() != nullptr) {
    }
  }
}

void TimerWheel::set(Timer& timer, TimePoint deadline) {
  timer.deadline_ = deadline;
  if (deadline == kNever) return;
  if (timer.linked()) {
    if (tick_of(deadline) >= timer.slot_tick_) return;
    timer.unlink();
  }
  insert(timer);
}

void TimerWheel::advance(TimePoint now) {
  const auto now_tick =
      static_cast<std::uint64_t>(std::max<std::int64_t>((now - origin_) / kTick, 0));
  // After a long stall each slot is looked at once, not once per lap.
  if (now_tick > current_tick_ + kSlots) current_tick_ = now_tick - kSlots;
  while (current_tick_ < now_tick) {
    ++current_tick_;
    expire(current_tick_, now);
  }
}

TimePoint TimerWheel::next_tick_due() const {
  for (std::uint64_t ahead = 1; ahead <= kSlots; ++ahead) {
    const std::uint64_t tick = current_tick_ + ahead;
    if (!slots_[tick & (kSlots - 1)].empty()) return origin_ + tick * kTick;
  }
  return kNever;
}

// The first tick that does not come before the deadline.
std::uint64_t TimerWheel::tick_of(TimePoint deadline) const {
  if (deadline <= origin_) return 0;
  return static_cast<std::uint64_t>((deadline - origin_ + kTick - Duration(1)) / kTick);
}

void TimerWheel::insert(Timer& timer) {
  timer.slot_tick_ =
      std::clamp(tick_of(timer.deadline_), current_tick_ + 1, current_tick_ + kSlots);
  slots_[timer.slot_tick_ & (kSlots - 1)].push_back(timer);
}

void TimerWheel::expire(std::uint64_t tick, TimePoint now) {
  IntrusiveList<Timer> due;
  due.append(slots_[tick & (kSlots - 1)]);
  while (Timer* timer = due.pop_front()) {
    if (timer->deadline_ == kNever) continue;
    if (timer->deadline_ > now) {
      insert(*timer);
      continue;
    }
    timer->deadline_ = kNever;
    timer->on_expired_();
  }
}

}  // namespace core
