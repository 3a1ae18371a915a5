// Goal: a timer fires once, never early and, when the wheel is advanced in time, at most a tick
// late; what is put off or cleared does not fire. Method: a clock that the test moves; callbacks
// that record.

#include "core/io/timer_wheel.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using core::Duration;
using core::kNever;
using core::TimePoint;
using core::Timer;
using core::TimerWheel;

constexpr Duration kTick = TimerWheel::kTick;
// Further away than the wheel has slots.
constexpr Duration kBeyond = 600 * kTick;

const TimePoint kOrigin = TimePoint(1000h);

struct Alarm {
  std::function<void()> then;
  int fired = 0;
  Timer timer{core::Callback<void()>::to<&Alarm::on_expired>(*this)};

 private:
  void on_expired() {
    ++fired;
    if (then) then();
  }
};

// Advances in steps until `alarm` fires; the time of the advance that fired it, or kNever.
TimePoint fires_at(TimerWheel& wheel, const Alarm& alarm, TimePoint from, Duration step,
                   TimePoint give_up) {
  const int before = alarm.fired;
  for (TimePoint now = from; now <= give_up; now += step) {
    wheel.advance(now);
    if (alarm.fired > before) return now;
  }
  return kNever;
}

}  // namespace

TEST_CASE("never early, at most a tick late") {
  for (const Duration after :
       {Duration(1ns), kTick - 1ns, kTick, kTick + 1ns, 5 * kTick, 511 * kTick, 511 * kTick + 1ns,
        512 * kTick, 512 * kTick + 1ns, 513 * kTick, kBeyond, 10 * kBeyond + 3ns}) {
    for (const Duration step : {Duration(1ms), Duration(333us), Duration(kTick)}) {
      CAPTURE(after.count());
      CAPTURE(step.count());
      TimerWheel wheel(kOrigin);
      Alarm alarm;
      const TimePoint deadline = kOrigin + after;
      wheel.set(alarm.timer, deadline);
      CHECK(alarm.timer.deadline() == deadline);
      const TimePoint fired = fires_at(wheel, alarm, kOrigin, step, deadline + 10 * kTick);
      REQUIRE(fired != kNever);
      CHECK(fired >= deadline);
      CHECK(fired < deadline + kTick + step);
      CHECK(alarm.timer.deadline() == kNever);
      wheel.advance(fired + 10 * kBeyond);
      CHECK(alarm.fired == 1);
    }
  }
}

TEST_CASE("a deadline that has passed fires at the next tick") {
  for (const TimePoint past : {kOrigin - 1h, kOrigin, kOrigin + kTick, kOrigin + 3 * kTick}) {
    TimerWheel wheel(kOrigin);
    wheel.advance(kOrigin + 3 * kTick);
    Alarm alarm;
    wheel.set(alarm.timer, past);
    CHECK(wheel.next_tick_due() == kOrigin + 4 * kTick);
    wheel.advance(kOrigin + 4 * kTick);
    CHECK(alarm.fired == 1);
  }
}

TEST_CASE("putting off costs a store: the timer is looked at when its first time comes") {
  TimerWheel wheel(kOrigin);
  Alarm alarm;
  wheel.set(alarm.timer, kOrigin + 2 * kTick);
  wheel.set(alarm.timer, kOrigin + 100 * kTick);
  CHECK(alarm.timer.deadline() == kOrigin + 100 * kTick);
  CHECK(wheel.next_tick_due() == kOrigin + 2 * kTick);
  wheel.advance(kOrigin + 3 * kTick);
  CHECK(alarm.fired == 0);
  CHECK(wheel.next_tick_due() == kOrigin + 100 * kTick);
  wheel.advance(kOrigin + 100 * kTick - 1ns);
  CHECK(alarm.fired == 0);
  wheel.advance(kOrigin + 100 * kTick);
  CHECK(alarm.fired == 1);
}

TEST_CASE("an earlier deadline counts at once") {
  TimerWheel wheel(kOrigin);
  Alarm alarm;
  wheel.set(alarm.timer, kOrigin + 100 * kTick);
  wheel.set(alarm.timer, kOrigin + 5 * kTick);
  CHECK(wheel.next_tick_due() == kOrigin + 5 * kTick);
  wheel.advance(kOrigin + 5 * kTick);
  CHECK(alarm.fired == 1);
  wheel.advance(kOrigin + 200 * kTick);
  CHECK(alarm.fired == 1);
}

TEST_CASE("a cleared timer does not fire, and can be set again, earlier or later") {
  TimerWheel wheel(kOrigin);
  Alarm alarm;
  for (const bool through_set : {false, true}) {
    wheel.set(alarm.timer, kOrigin + 5 * kTick);
    if (through_set) {
      wheel.set(alarm.timer, kNever);
    } else {
      wheel.clear(alarm.timer);
    }
    CHECK(alarm.timer.deadline() == kNever);
  }
  wheel.advance(kOrigin + 6 * kTick);
  CHECK(alarm.fired == 0);
  wheel.set(alarm.timer, kOrigin + 20 * kTick);
  wheel.clear(alarm.timer);
  wheel.set(alarm.timer, kOrigin + 10 * kTick);
  wheel.advance(kOrigin + 10 * kTick);
  CHECK(alarm.fired == 1);
  wheel.set(alarm.timer, kOrigin + 15 * kTick);
  wheel.clear(alarm.timer);
  wheel.set(alarm.timer, kOrigin + 30 * kTick);
  wheel.advance(kOrigin + 29 * kTick);
  CHECK(alarm.fired == 1);
  wheel.advance(kOrigin + 30 * kTick);
  CHECK(alarm.fired == 2);
}

TEST_CASE("the next tick that is due: none, the earliest, at most one lap away") {
  TimerWheel wheel(kOrigin);
  CHECK(wheel.next_tick_due() == kNever);
  Alarm near;
  Alarm far;
  wheel.set(far.timer, kOrigin + kBeyond);
  CHECK(wheel.next_tick_due() == kOrigin + 512 * kTick);
  wheel.set(near.timer, kOrigin + 3 * kTick - 1ns);
  CHECK(wheel.next_tick_due() == kOrigin + 3 * kTick);
  wheel.advance(wheel.next_tick_due());
  CHECK(near.fired == 1);
  while (far.fired == 0) {
    REQUIRE(wheel.next_tick_due() <= kOrigin + kBeyond);
    wheel.advance(wheel.next_tick_due());
  }
  CHECK(wheel.next_tick_due() == kNever);
}

TEST_CASE("after a long stall everything that is due fires, and nothing else") {
  for (const Duration stall :
       {511 * kTick, 512 * kTick, 513 * kTick, 1024 * kTick, 5000 * kTick, Duration(24h)}) {
    CAPTURE(stall.count());
    TimerWheel wheel(kOrigin);
    std::vector<std::unique_ptr<Alarm>> due;
    for (int i = 1; i <= 511; i += 10) {
      wheel.set(due.emplace_back(std::make_unique<Alarm>())->timer, kOrigin + i * kTick);
    }
    Alarm not_due;
    Alarm just_not_due;
    wheel.set(not_due.timer, kOrigin + stall + kBeyond);
    wheel.set(just_not_due.timer, kOrigin + stall + 1ns);
    wheel.advance(kOrigin + stall);
    for (const auto& alarm : due) CHECK(alarm->fired == 1);
    CHECK(not_due.fired == 0);
    CHECK(just_not_due.fired == 0);
    wheel.advance(kOrigin + stall + kTick);
    CHECK(just_not_due.fired == 1);
    CHECK(fires_at(wheel, not_due, kOrigin + stall + kTick, kTick,
                   kOrigin + stall + kBeyond + 2 * kTick) == kOrigin + stall + kBeyond);
  }
}

TEST_CASE("time that stands still or goes back fires nothing") {
  TimerWheel wheel(kOrigin);
  Alarm alarm;
  wheel.advance(kOrigin + 10 * kTick);
  wheel.set(alarm.timer, kOrigin + 11 * kTick);
  wheel.advance(kOrigin + 10 * kTick);
  wheel.advance(kOrigin);
  wheel.advance(kOrigin - 1h);
  CHECK(alarm.fired == 0);
  wheel.advance(kOrigin + 11 * kTick);
  CHECK(alarm.fired == 1);
}

TEST_CASE("a callback may set its own timer again") {
  TimerWheel wheel(kOrigin);
  Alarm alarm;
  TimePoint now = kOrigin;
  alarm.then = [&] { wheel.set(alarm.timer, now + 5 * kTick); };
  wheel.set(alarm.timer, kOrigin + 5 * kTick);
  for (int tick = 1; tick <= 50; ++tick) wheel.advance(now = kOrigin + tick * kTick);
  CHECK(alarm.fired == 10);
}

TEST_CASE("a callback may destroy its own timer") {
  TimerWheel wheel(kOrigin);
  auto alarm = std::make_unique<Alarm>();
  bool fired = false;
  alarm->then = [&] {
    fired = true;
    alarm.reset();
  };
  wheel.set(alarm->timer, kOrigin + kTick);
  wheel.advance(kOrigin + kTick);
  CHECK(fired);
  CHECK(alarm == nullptr);
  CHECK(wheel.next_tick_due() == kNever);
}

TEST_CASE("a callback may destroy, clear and put off others that are due with it") {
  TimerWheel wheel(kOrigin);
  Alarm first;
  auto destroyed = std::make_unique<Alarm>();
  Alarm cleared;
  Alarm put_off;
  Alarm untouched;
  int destroyed_fired = 0;
  destroyed->then = [&] { ++destroyed_fired; };
  first.then = [&] {
    destroyed.reset();
    wheel.clear(cleared.timer);
    wheel.set(put_off.timer, kOrigin + 9 * kTick);
  };
  for (Alarm* alarm : {&first, destroyed.get(), &cleared, &put_off, &untouched}) {
    wheel.set(alarm->timer, kOrigin + 3 * kTick);
  }
  wheel.advance(kOrigin + 3 * kTick);
  CHECK(first.fired == 1);
  CHECK(destroyed_fired == 0);
  CHECK(cleared.fired == 0);
  CHECK(put_off.fired == 0);
  CHECK(untouched.fired == 1);
  wheel.advance(kOrigin + 9 * kTick);
  CHECK(cleared.fired == 0);
  CHECK(put_off.fired == 1);
}

TEST_CASE("a timer leaves the wheel when it ends, and the wheel may end before its timers") {
  Alarm survivor;
  {
    TimerWheel wheel(kOrigin);
    {
      Alarm short_lived;
      wheel.set(short_lived.timer, kOrigin + kTick);
    }
    CHECK(wheel.next_tick_due() == kNever);
    wheel.set(survivor.timer, kOrigin + kTick);
  }
  CHECK(survivor.fired == 0);
  TimerWheel other(kOrigin);
  other.set(survivor.timer, kOrigin + kTick);
  other.advance(kOrigin + kTick);
  CHECK(survivor.fired == 1);
}
