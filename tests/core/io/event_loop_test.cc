// Goal: a turn has its phases in their order, deferred work runs where it was promised, nothing
// that other threads post is lost, and the statistics are true. Method: the real loop on both
// engines; every callback writes down that it ran.

#include "core/io/event_loop.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/core/io/connected_sockets.h"
#include "tests/core/io/engine_loop.h"

namespace {

using namespace std::chrono_literals;
using core::Clock;
using core::EventLoop;
using core::Phase;
using core::TimePoint;
using test::EpollLoop;
using test::make_loop;
using test::UringLoop;

// One callback in each of the forms that the loop calls.
class Event {
 public:
  Event(core::OperationKind kind, int fd, std::function<void()> then)
      : operation(kind, core::Operation::OnCompletion::to<&Event::on_completion>(*this)),
        then_(std::move(then)) {
    operation.fd = fd;
  }
  explicit Event(std::function<void()> then)
      : Event(core::OperationKind::kPollWritable, -1, std::move(then)) {}

  core::Operation operation;
  core::Task task{core::Callback<void()>::to<&Event::on_event>(*this)};
  core::Timer timer{core::Callback<void()>::to<&Event::on_event>(*this)};
  core::Message message{core::Callback<void()>::to<&Event::on_event>(*this)};

 private:
  void on_completion(core::Completion&) { then_(); }
  void on_event() { then_(); }
  std::function<void()> then_;
};

void spin_until(TimePoint time) {
  while (Clock::now() < time) {
  }
}

std::uint64_t nanoseconds_of(const EventLoop& loop, Phase phase) {
  return loop.statistics().phase_nanoseconds[static_cast<std::size_t>(phase)].value();
}

}  // namespace

TEST_CASE_TEMPLATE("one turn: timers, completions, inbox, check, close; ticks after each", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  const test::ConnectedSockets pair = test::unix_pair();
  std::string order;
  std::deque<Event> ticks;
  const auto note = [&](const std::string& name) {
    order += name + " ";
    Event& tick = ticks.emplace_back([&order, name] { order += name + "-tick "; });
    loop->next_tick(tick.task);
  };
  Event timer([&] { note("timer"); });
  Event completion(core::OperationKind::kPollWritable, pair.ours.get(),
                   [&] { note("completion"); });
  Event message([&] { note("message"); });
  Event check([&] { note("check"); });
  Event close([&] { note("close"); });
  loop->close(close.task);
  loop->check(check.task);
  loop->inbox().post(message.message);
  loop->start(completion.operation);
  const TimePoint deadline = Clock::now();
  loop->timers().set(timer.timer, deadline);
  spin_until(deadline + 2 * core::TimerWheel::kTick);
  loop->turn();
  CHECK(order ==
        "timer timer-tick completion completion-tick message message-tick check check-tick "
        "close close-tick ");
  CHECK(loop->statistics().turns.value() == 1);
}

TEST_CASE_TEMPLATE("ticks that defer ticks all run before the next phase", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  std::string order;
  int left = 5;
  Event* self = nullptr;
  Event tick([&] {
    order += "t";
    if (--left > 0) loop->next_tick(self->task);
  });
  self = &tick;
  Event check([&] { order += "c"; });
  loop->next_tick(tick.task);
  loop->check(check.task);
  loop->turn();
  CHECK(order == "tttttc");
}

TEST_CASE_TEMPLATE("what defers itself in check or close runs once a turn", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  int checks = 0;
  int closes = 0;
  Event* check_self = nullptr;
  Event* close_self = nullptr;
  Event check([&] {
    ++checks;
    loop->check(check_self->task);
  });
  Event close([&] {
    ++closes;
    loop->close(close_self->task);
  });
  check_self = &check;
  close_self = &close;
  loop->check(check.task);
  loop->close(close.task);
  for (int turn = 1; turn <= 5; ++turn) {
    loop->turn();  // does not wait while something is deferred
    CHECK(checks == turn);
    CHECK(closes == turn);
  }
}

TEST_CASE_TEMPLATE("deferring twice is deferring once, and a task that ends is not run", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  int runs = 0;
  Event twice([&] { ++runs; });
  loop->check(twice.task);
  loop->check(twice.task);
  {
    Event gone([&] { runs += 100; });
    loop->check(gone.task);
  }
  auto destroyed = std::make_unique<Event>([&] { runs += 100; });
  Event destroyer([&] { destroyed.reset(); });
  loop->check(destroyer.task);
  loop->check(destroyed->task);
  loop->turn();
  CHECK(runs == 1);
}

TEST_CASE_TEMPLATE("a turn waits for the next timer, which is not early", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  TimePoint fired = core::kNever;
  Event timer([&] {
    fired = Clock::now();
    loop->stop();
  });
  const TimePoint deadline = Clock::now() + 35ms;
  loop->timers().set(timer.timer, deadline);
  loop->run();
  CHECK(fired != core::kNever);
  CHECK(fired >= deadline);
  CHECK(loop->statistics().turns.value() < 100);  // it waited, it did not spin
}

TEST_CASE_TEMPLATE("run() goes on until stop(), and the turn that stops is finished", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  std::string order;
  Event close([&] { order += "close "; });
  Event stop([&] {
    order += "stop ";
    loop->stop();
    loop->close(close.task);
  });
  std::thread other([&] { loop->inbox().post(stop.message); });
  loop->run();
  other.join();
  CHECK(order == "stop close ");
}

TEST_CASE_TEMPLATE("a loop that was stopped before still has one turn", Engine, UringLoop,
                   EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  int runs = 0;
  Event check([&] { ++runs; });
  loop->check(check.task);
  loop->stop();
  loop->run();
  CHECK(runs == 1);
  CHECK(loop->statistics().turns.value() == 1);
}

TEST_CASE_TEMPLATE("messages of other threads all arrive, each waking the loop if need be", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  constexpr int kThreads = 3;
  constexpr int kMessages = 2000;
  int arrived = 0;
  std::deque<Event> events;
  for (int i = 0; i < kThreads * kMessages; ++i) {
    events.emplace_back([&] {
      if (++arrived == kThreads * kMessages) loop->stop();
    });
  }
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kMessages; ++i) {
        const auto index =
            static_cast<std::size_t>(thread) * kMessages + static_cast<std::size_t>(i);
        loop->inbox().post(events[index].message);
      }
    });
  }
  loop->run();  // a lost wake-up would make it wait for ever
  for (std::thread& thread : threads) thread.join();
  CHECK(arrived == kThreads * kMessages);
}

TEST_CASE_TEMPLATE("two loops play ping-pong", Engine, UringLoop, EpollLoop) {
  constexpr int kRounds = 1000;
  EventLoop* loops[2] = {nullptr, nullptr};
  const auto first = make_loop(Engine::kChoice);
  if (!first) return;
  loops[0] = first.get();
  std::atomic<EventLoop*> second{nullptr};
  std::promise<void> done;
  int rounds[2] = {0, 0};
  Event* balls[2] = {nullptr, nullptr};
  const auto hit = [&](int side) {
    if (++rounds[side] == kRounds) loops[side]->stop();
    if (side == 1 || rounds[0] < kRounds) loops[1 - side]->inbox().post(balls[1 - side]->message);
  };
  Event ball_0([&] { hit(0); });
  Event ball_1([&] { hit(1); });
  balls[0] = &ball_0;
  balls[1] = &ball_1;
  std::thread other([&] {
    const auto loop = make_loop(Engine::kChoice);
    loops[1] = loop.get();
    second.store(loop.get());
    second.notify_one();
    loop->run();
    done.get_future().wait();  // a loop ends after those who post to it
  });
  second.wait(nullptr);
  loops[1]->inbox().post(ball_1.message);
  first->run();
  done.set_value();
  other.join();
  CHECK(rounds[0] == kRounds);
  CHECK(rounds[1] == kRounds);
}

TEST_CASE_TEMPLATE("statistics: turns and completions are counted", Engine, UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  const test::ConnectedSockets pair = test::unix_pair();
  int completed = 0;
  std::deque<Event> events;
  Event keep_turning([] {});
  for (int i = 0; i < 7; ++i) {
    events.emplace_back(core::OperationKind::kPollWritable, pair.ours.get(), [&] { ++completed; });
    loop->start(events.back().operation);
  }
  for (int turn = 0; turn < 3; ++turn) {
    loop->check(keep_turning.task);
    loop->turn();
  }
  CHECK(completed == 7);
  CHECK(loop->statistics().turns.value() == 3);
  CHECK(loop->statistics().completions.value() == 7);
}

TEST_CASE_TEMPLATE("statistics: the time of every phase is its own, its ticks included", Engine,
                   UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  const test::ConnectedSockets pair = test::unix_pair();
  constexpr auto kWork = 3ms;
  constexpr std::uint64_t kWorkNanoseconds = 3'000'000;
  const auto work = [&] { spin_until(Clock::now() + kWork); };
  Event timer(work);
  Event completion(core::OperationKind::kPollWritable, pair.ours.get(), work);
  Event message(work);
  Event check(work);
  Event tick(work);
  Event close([&] { loop->next_tick(tick.task); });
  const TimePoint deadline = Clock::now();
  loop->timers().set(timer.timer, deadline);
  spin_until(deadline + 2 * core::TimerWheel::kTick);
  loop->start(completion.operation);
  loop->inbox().post(message.message);
  loop->check(check.task);
  loop->close(close.task);
  const TimePoint began = Clock::now();
  loop->turn();
  const auto took = static_cast<std::uint64_t>((Clock::now() - began).count());
  std::uint64_t sum = 0;
  for (const Phase phase :
       {Phase::kTimers, Phase::kCompletions, Phase::kInbox, Phase::kCheck, Phase::kClose}) {
    CAPTURE(static_cast<int>(phase));
    CHECK(nanoseconds_of(*loop, phase) >= kWorkNanoseconds);
    sum += nanoseconds_of(*loop, phase);
  }
  CHECK(sum <= took);
}

TEST_CASE_TEMPLATE("statistics: waiting is no work", Engine, UringLoop, EpollLoop) {
  constexpr auto kWait = 50ms;
  // Where others take the processor the wait may have passed before it began: once is enough.
  bool seen = false;
  for (int attempt = 0; attempt < 20 && !seen; ++attempt) {
    const auto loop = make_loop(Engine::kChoice);
    if (!loop) return;
    Event timer([&] { loop->stop(); });
    loop->timers().set(timer.timer, Clock::now() + kWait);
    loop->run();
    std::uint64_t worked = 0;
    for (std::size_t i = 0; i < core::kPhaseCount; ++i) {
      worked += nanoseconds_of(*loop, static_cast<Phase>(i));
    }
    seen = worked < 25'000'000;
  }
  CHECK(seen);
}

TEST_CASE_TEMPLATE("the turn's time is that of the end of its wait", Engine, UringLoop, EpollLoop) {
  const auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  TimePoint seen = core::kNever;
  Event message([&] { seen = loop->turn_began(); });
  loop->inbox().post(message.message);
  const TimePoint before = Clock::now();
  loop->turn();
  CHECK(seen >= before);
  CHECK(seen <= Clock::now());
}

TEST_CASE_TEMPLATE("a loop may end with work deferred and timers set", Engine, UringLoop,
                   EpollLoop) {
  auto loop = make_loop(Engine::kChoice);
  if (!loop) return;
  int runs = 0;
  {
    Event deferred([&] { ++runs; });
    loop->check(deferred.task);
    loop->timers().set(deferred.timer, Clock::now() + 1h);
  }
  Event timer([&] { ++runs; });
  loop->timers().set(timer.timer, Clock::now() + 1h);
  CHECK((loop->engine_name() == "io_uring") == (Engine::kChoice == core::EngineChoice::kIoUring));
  loop.reset();
  CHECK(runs == 0);
}
