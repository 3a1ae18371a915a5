// Goal: whatever is set, put off, brought forward, cleared and destroyed in whatever order, the
// wheel fires what a sorted list of deadlines would. Method: a std::multimap as the model and a
// clock that jumps at random. The seed is printed.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "core/io/timer_wheel.h"

namespace {

using namespace std::chrono_literals;
using core::Duration;
using core::TimePoint;
using core::TimerWheel;

constexpr Duration kTick = TimerWheel::kTick;
const TimePoint kOrigin = TimePoint(5000h);

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed), wheel_(kOrigin), alarms_(60) {
    for (auto& alarm : alarms_) alarm = std::make_unique<Alarm>(*this);
  }

  void step() {
    auto& alarm = alarms_[below(alarms_.size())];
    switch (below(10)) {
      case 0:
        clear(*alarm);
        break;
      case 1:
        forget(*alarm);
        alarm = std::make_unique<Alarm>(*this);
        break;
      case 2:
      case 3:
        advance(pick_jump());
        break;
      default:
        set(*alarm, now_ + pick_delay());
    }
    const TimePoint looks_next = wheel_.next_tick_due();
    const bool slept_through = std::ranges::any_of(deadlines_, [&](const auto& timed) {
      return looks_next > kOrigin + timed.second.due_tick * kTick;
    });
    REQUIRE_FALSE(slept_through);
  }

  [[nodiscard]] std::size_t fired() const { return fired_; }

 private:
  struct Alarm {
    explicit Alarm(Model& owner) : model(owner) {}
    void on_expired() { model.on_expired(*this); }
    Model& model;
    core::Timer timer{core::Callback<void()>::to<&Alarm::on_expired>(*this)};
  };
  struct Entry {
    const Alarm* alarm;
    std::int64_t due_tick;  // of the first advance() that must fire it
  };
  using Deadlines = std::multimap<TimePoint, Entry>;

  std::size_t below(std::size_t bound) { return random_() % bound; }
  Duration pick_delay() {
    constexpr std::array kScales{Duration(1us), Duration(1ms), Duration(100ms), Duration(10s)};
    return kScales[below(kScales.size())] * static_cast<int>(below(1000)) - 5ms;
  }
  Duration pick_jump() {
    constexpr std::array kScales{Duration(100us), Duration(2ms), Duration(30ms), Duration(7s)};
    return kScales[below(100) == 0 ? 3 : below(3)] * static_cast<int>(below(10));
  }

  [[nodiscard]] std::int64_t ticks_passed() const { return (now_ - kOrigin) / kTick; }

  void forget(const Alarm& alarm) {
    std::erase_if(deadlines_, [&](const auto& entry) { return entry.second.alarm == &alarm; });
  }
  void set(Alarm& alarm, TimePoint deadline) {
    forget(alarm);
    // Not before the deadline, and not in a tick that has been looked at.
    const std::int64_t tick = (deadline - kOrigin + kTick - 1ns) / kTick;
    deadlines_.emplace(deadline, Entry{&alarm, std::max(tick, ticks_passed() + 1)});
    wheel_.set(alarm.timer, deadline);
  }
  void clear(Alarm& alarm) {
    forget(alarm);
    wheel_.clear(alarm.timer);
  }

  void advance(Duration jump) {
    now_ += jump;
    wheel_.advance(now_);
    const bool missed = std::ranges::any_of(
        deadlines_, [&](const auto& timed) { return timed.second.due_tick <= ticks_passed(); });
    REQUIRE_FALSE(missed);
  }

  void on_expired(const Alarm& alarm) {
    ++fired_;
    const auto found = std::ranges::find_if(
        deadlines_, [&](const auto& entry) { return entry.second.alarm == &alarm; });
    const bool was_set = found != deadlines_.end();
    REQUIRE(was_set);               // cleared, fired already, or never set
    REQUIRE(found->first <= now_);  // early
    deadlines_.erase(found);
    // Now and then a callback does something to another timer.
    Alarm& other = *alarms_[below(alarms_.size())];
    switch (below(6)) {
      case 0:
        set(other, now_ + pick_delay() + 10ms);
        break;
      case 1:
        clear(other);
        break;
      default:
        break;
    }
  }

  std::mt19937 random_;
  TimePoint now_ = kOrigin;
  TimerWheel wheel_;
  Deadlines deadlines_;
  std::vector<std::unique_ptr<Alarm>> alarms_;
  std::size_t fired_ = 0;
};

}  // namespace

TEST_CASE("random timers fire as a sorted list of deadlines says") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  Model model(seed);
  for (int i = 0; i < 20'000; ++i) model.step();
  CHECK(model.fired() > 1000);
}
