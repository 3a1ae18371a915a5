// EventLoop: one thread's turn after turn. A turn has the phases that Node.js made known, in this
// order: timers that expired; completions of I/O (after waiting for them); inbox (results of
// workers, messages of other threads); check (work put off until after I/O); close. Work given to
// next_tick() runs before the next phase begins. Every phase is timed.
//
// Made, run and destroyed on one thread, which everything but inbox() and statistics() belongs to.
// Nothing that can block may run here.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/base/counter.h"
#include "core/base/intrusive_list.h"
#include "core/io/backend.h"
#include "core/io/block_pool.h"
#include "core/io/buffer_pool.h"
#include "core/io/inbox.h"
#include "core/io/timer_wheel.h"
#include "core/io/turn_observer.h"

namespace core {

// A piece of deferred work, embedded in its owner; in one list at a time, unlinked when destroyed.
class Task : public ListHook<Task> {
 public:
  explicit Task(Callback<void()> run) : run_(run) {}

 private:
  friend class EventLoop;
  const Callback<void()> run_;
};

// Written by the loop, read by any thread; each value is exact, two of them may be a turn apart.
struct LoopStatistics {
  Counter turns;
  Counter completions;
  std::array<Counter, kPhaseCount> phase_nanoseconds;  // without the wait
  // For whoever asks what holds a loop.
  std::atomic<TimePoint> working_since{kNever};  // kNever: it waits
  std::atomic<Phase> phase{Phase::kTimers};      // what it works on
  Doing doing;                                   // for whom
};

class EventLoop {
 public:
  // `receive_bytes`: the size of a receive buffer, for who receives much at once.
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create(
      const Engine& engine, std::size_t receive_bytes = BufferPool::kBufferBytes);
  // On a back end of the caller's choice, which is given the loop's receive buffers.
  using MakeBackend = std::function<Result<std::unique_ptr<Backend>>(BufferPool&)>;
  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create(
      const MakeBackend& make, std::size_t receive_bytes = BufferPool::kBufferBytes);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // Before the first turn; the observer outlives the loop.
  void observe(TurnObserver& observer) { observer_ = &observer; }

  // Turns until stop(); at least one.
  void run();
  // The turn that is running is the last.
  void stop() { stopping_ = true; }
  void turn();
  // Whoever calls turn() says so behind the last: the loop works on nothing any more.
  void rest() { statistics_.working_since.store(kNever, std::memory_order_relaxed); }

  void start(Operation& operation) { backend_->start(operation); }
  void cancel(Operation& operation) { backend_->cancel(operation); }

  // Already deferred: stays where it is.
  void next_tick(Task& task) { defer(task, next_tick_); }
  void check(Task& task) { defer(task, check_); }
  void close(Task& task) { defer(task, close_); }

  [[nodiscard]] TimerWheel& timers() { return timers_; }
  [[nodiscard]] BlockPool& blocks() { return blocks_; }
  // Where whoever does something long says for whom.
  [[nodiscard]] Doing& doing() { return statistics_.doing; }
  // When the phase that runs began: what the others of this turn took is over by then.
  [[nodiscard]] TimePoint phase_began() const { return phase_began_; }
  // When this turn's wait ended: for deadlines. What is reported reads the clock itself.
  [[nodiscard]] TimePoint turn_began() const { return turn_began_; }
  [[nodiscard]] std::string_view engine_name() const { return backend_->name(); }
  // Nothing is deferred or delivered: the next turn has only what the kernel reports.
  [[nodiscard]] bool idle() const {
    return next_tick_.empty() && check_.empty() && close_.empty() && completions_.empty() &&
           inbox_.empty();
  }

  // Any thread.
  [[nodiscard]] Inbox& inbox() { return inbox_; }
  [[nodiscard]] const LoopStatistics& statistics() const { return statistics_; }

 private:
  using TaskList = IntrusiveList<Task>;

  explicit EventLoop(std::size_t receive_bytes) : buffers_(receive_bytes) {}
  void open(std::unique_ptr<Backend> backend);
  void on_inbox_event(Completion& completion);
  void defer(Task& task, TaskList& list) {
    if (!task.linked()) list.push_back(task);
  }
  [[nodiscard]] Duration wait_limit(TimePoint now) const;
  void run_completions();
  void run_list(TaskList& list);
  void run_next_ticks();
  void begin_phase(Phase phase) { statistics_.phase.store(phase, std::memory_order_relaxed); }
  void end_phase(Phase phase);
  void wait();
  void fall_asleep();
  void wake_up();

  // Order matters: the back end uses the buffers, everything may hold blocks.
  BufferPool buffers_;
  BlockPool blocks_;
  std::unique_ptr<Backend> backend_;
  CompletionQueue completions_;
  TimerWheel timers_{TimePoint{}};
  Inbox inbox_;
  Operation inbox_event_{OperationKind::kReadCounter,
                         Operation::OnCompletion::to<&EventLoop::on_inbox_event>(*this)};
  TaskList next_tick_;
  TaskList check_;
  TaskList close_;
  bool stopping_ = false;
  TimePoint turn_began_;
  TimePoint phase_began_;
  TurnObserver* observer_ = nullptr;
  TurnObserver::Work work_;  // since the last wake

  // Any thread.
  LoopStatistics statistics_;
};

}  // namespace core
