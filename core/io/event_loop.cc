#include "core/io/event_loop.h"

#include <utility>

namespace core {
namespace {

std::uint64_t nanoseconds(Duration duration) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create(const Engine& engine,
                                                     std::size_t receive_bytes) {
  return create([&engine](BufferPool& buffers) { return make_backend(engine, buffers); },
                receive_bytes);
}

Result<std::unique_ptr<EventLoop>> EventLoop::create(const MakeBackend& make,
                                                     std::size_t receive_bytes) {
  std::unique_ptr<EventLoop> loop(new EventLoop(receive_bytes));
  auto backend = make(loop->buffers_);
  if (!backend) return unexpected(std::move(backend.error()));
  loop->open(std::move(*backend));
  return loop;
}

void EventLoop::open(std::unique_ptr<Backend> backend) {
  backend_ = std::move(backend);
  turn_began_ = phase_began_ = work_.woken = backend_->now();
  inbox_event_.fd = inbox_.event_fd();
  start(inbox_event_);
}

EventLoop::~EventLoop() {
  if (backend_ == nullptr) return;
  stopping_ = true;
  if (inbox_event_.in_flight()) cancel(inbox_event_);
  while (inbox_event_.in_flight()) {
    backend_->wait(Duration::max(), completions_);
    run_completions();
  }
}

void EventLoop::run() {
  do {
    turn();
  } while (!stopping_);
  rest();
}

void EventLoop::turn() {
  phase_began_ = backend_->now();
  begin_phase(Phase::kTimers);
  timers_.advance(phase_began_);
  end_phase(Phase::kTimers);

  wait();
  run_completions();
  end_phase(Phase::kCompletions);

  begin_phase(Phase::kInbox);
  inbox_.drain(&statistics_.doing);
  end_phase(Phase::kInbox);
  begin_phase(Phase::kCheck);
  run_list(check_);
  end_phase(Phase::kCheck);
  begin_phase(Phase::kClose);
  run_list(close_);
  end_phase(Phase::kClose);
  statistics_.turns.add();
}

void EventLoop::wait() {
  if (observer_ == nullptr || !observer_->sleeps_apart()) {
    fall_asleep();
    backend_->wait(wait_limit(phase_began_), completions_);
    wake_up();
    return;
  }
  // The kernel's work on what was started belongs to the turn that started it.
  backend_->wait(Duration::zero(), completions_);
  const TimePoint now = backend_->now();
  const auto phase = static_cast<std::size_t>(Phase::kCompletions);
  statistics_.phase_nanoseconds[phase].add(nanoseconds(now - phase_began_));
  work_.phases[phase] += now - phase_began_;
  phase_began_ = now;
  fall_asleep();
  if (completions_.empty()) backend_->sleep(wait_limit(phase_began_));
  wake_up();
  if (completions_.empty()) backend_->wait(Duration::zero(), completions_);
}

void EventLoop::fall_asleep() {
  work_.ended = phase_began_;
  work_.doing = &statistics_.doing;
  if (observer_ != nullptr) observer_->on_worked(work_);
  statistics_.working_since.store(kNever, std::memory_order_relaxed);
}

void EventLoop::wake_up() {
  turn_began_ = phase_began_ = work_.woken = backend_->now();
  statistics_.doing.begin_turn();
  begin_phase(Phase::kCompletions);
  statistics_.working_since.store(turn_began_, std::memory_order_relaxed);
  if (observer_ != nullptr) observer_->on_woken(turn_began_);
}

void EventLoop::on_inbox_event(Completion&) {
  // Read, so cleared; draining comes in the next phase. From now on a post writes again.
  if (!stopping_) start(inbox_event_);
}

Duration EventLoop::wait_limit(TimePoint now) const {
  if (stopping_ || !check_.empty() || !close_.empty()) return Duration::zero();
  const TimePoint due = timers_.next_tick_due();
  if (due == kNever) return Duration::max();
  return std::max(due - now, Duration::zero());
}

void EventLoop::run_completions() {
  std::uint64_t count = 0;
  while (!completions_.empty()) {
    Completion completion = completions_.pop();
    completion.operation->complete(completion);
    ++count;
  }
  statistics_.completions.add(count);
}

// What a task defers to the same list runs in the next turn: no phase can be held by its own work.
void EventLoop::run_list(TaskList& list) {
  TaskList now;
  now.append(list);
  while (Task* task = now.pop_front()) task->run_();
}

void EventLoop::run_next_ticks() {
  while (Task* task = next_tick_.pop_front()) task->run_();
}

void EventLoop::end_phase(Phase phase) {
  run_next_ticks();
  const TimePoint now = backend_->now();
  const Duration spent = now - phase_began_;
  statistics_.phase_nanoseconds[static_cast<std::size_t>(phase)].add(nanoseconds(spent));
  work_.phases[static_cast<std::size_t>(phase)] = spent;
  phase_began_ = now;
}

}  // namespace core
