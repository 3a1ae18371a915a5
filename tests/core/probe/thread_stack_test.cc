// Goal: a thread that computes or sleeps says where it is; one that cannot answer keeps nobody
// waiting for ever, and answers nobody's question but its own. Method: threads that are known to be
// in a function of the test's, and that let the signal in, or walk their stack, when it says so.

#include "core/probe/thread_stack.h"

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <execinfo.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using core::ThreadStack;

// A thread that does something until it is let go.
class Subject {
 public:
  explicit Subject(const std::function<void(Subject&)>& work, bool answers = true) {
    ThreadStack::install();
    REQUIRE(::pipe(pipe_.data()) == 0);
    thread_ = std::thread([this, work, answers] {
      if (answers) {
        ThreadStack::let_in();
      } else {
        sigset_t all{};
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, nullptr);
      }
      begun.store(true);
      work(*this);
    });
    while (!begun.load()) std::this_thread::yield();
  }
  ~Subject() {
    stop.store(true);
    CHECK(::write(pipe_[1], "x", 1) == 1);
    thread_.join();
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] pthread_t handle() { return thread_.native_handle(); }
  [[nodiscard]] int pipe() const { return pipe_[0]; }
  std::atomic<bool> begun{false};
  std::atomic<bool> stop{false};
  // Of one that does not answer at first.
  std::atomic<bool> asked{false};
  std::atomic<bool> told_to_let_in{false};
  std::atomic<bool> has_let_in{false};

 private:
  std::array<int, 2> pipe_{};
  std::thread thread_;
};

// ThreadSanitizer calls handlers when it likes, not before a call of the kernel's has returned, and
// from a place of its own, behind which the stack cannot be walked.
#if defined(__SANITIZE_THREAD__)
constexpr bool kCanBeWalked = false;
#else
constexpr bool kCanBeWalked = true;
#endif

// One of the frames is within what comes behind the beginning of `function`.
bool passes_through(const std::vector<void*>& frames, void (*function)(Subject&)) {
  if (!kCanBeWalked) return !frames.empty();
  const auto begin = reinterpret_cast<std::uintptr_t>(function);
  for (void* frame : frames) {
    const auto at = reinterpret_cast<std::uintptr_t>(frame);
    if (at >= begin && at < begin + 512) return true;
  }
  return false;
}

[[gnu::noinline]] void compute(Subject& subject) {
  while (!subject.stop.load()) {
  }
}

[[gnu::noinline]] void wait_for_a_pipe(Subject& subject) {
  char byte = 0;
  while (::read(subject.pipe(), &byte, 1) != 1) {
  }
  // So that the call above is not the function's end, which the next would take the place of.
  subject.stop.store(true);
}

bool a_question_is_pending() {
  sigset_t pending{};
  if (::sigpending(&pending) != 0) return false;
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
    if (sigismember(&pending, signal) == 1) return true;
  }
  return false;
}

// Aligned, so that passes_through() tells it from the next.
[[gnu::noinline, gnu::aligned(512)]] void let_in_late(Subject& subject) {
  while (!subject.told_to_let_in.load() && !subject.stop.load()) {
    if (a_question_is_pending()) subject.asked.store(true);
  }
  ThreadStack::let_in();
  subject.has_let_in.store(true);
  compute(subject);
}

[[gnu::noinline, gnu::aligned(512)]] void let_in_late_too(Subject& subject) {
  let_in_late(subject);
  subject.stop.store(true);
}

void wait_for(const std::atomic<bool>& event) {
  while (!event.load()) std::this_thread::yield();
}

// One walk of a stack can be held, as if its thread had lost the CPU.
enum class Walk { kPass, kHoldNext, kHeld };
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<Walk> walk{Walk::kPass};

const auto kLibcBacktrace =
    reinterpret_cast<decltype(&::backtrace)>(::dlsym(RTLD_NEXT, "backtrace"));

}  // namespace

// Takes the place of the C library's.
extern "C" int backtrace(void** frames, int size) {
  Walk held = Walk::kHoldNext;
  if (walk.compare_exchange_strong(held, Walk::kHeld)) {
    while (walk.load() == Walk::kHeld) ::sched_yield();
  }
  return kLibcBacktrace(frames, size);
}

TEST_CASE("a thread that computes says where") {
  Subject subject(compute);
  const auto frames = ThreadStack::of(subject.handle(), 10s);
  CHECK(passes_through(frames, compute));
  const std::string text = ThreadStack::describe(frames);
  CHECK(text.starts_with("\n  "));
}

TEST_CASE("a thread that sleeps in the kernel says where, and goes on to sleep") {
  if (!kCanBeWalked) return;
  Subject subject(wait_for_a_pipe);
  for (int i = 0; i < 100; ++i) {
    const auto frames = ThreadStack::of(subject.handle(), 10s);
    REQUIRE(passes_through(frames, wait_for_a_pipe));
  }
  CHECK_FALSE(subject.stop.load());
}

TEST_CASE("who does not answer is not waited for") {
  Subject deaf(compute, false);
  CHECK(ThreadStack::of(deaf.handle(), 20ms).empty());
  Subject other(compute);
  CHECK(passes_through(ThreadStack::of(other.handle(), 10s), compute));
  CHECK(ThreadStack::describe({}).empty());
}

TEST_CASE("who comes late does not answer somebody else's question") {
  Subject late(let_in_late, false);
  REQUIRE(ThreadStack::of(late.handle(), 20ms).empty());
  Subject other(let_in_late_too, false);
  auto answer =
      std::async(std::launch::async, [&] { return ThreadStack::of(other.handle(), 600s); });
  wait_for(other.asked);
  late.told_to_let_in.store(true);
  wait_for(late.has_let_in);
  other.told_to_let_in.store(true);
  CHECK(passes_through(answer.get(), let_in_late_too));
}

TEST_CASE("while one is still at its answer, nobody is asked, and nobody waits") {
  Subject slow(compute);
  Subject other(compute);
  walk.store(Walk::kHoldNext);
  while (walk.load() != Walk::kHeld) CHECK(ThreadStack::of(slow.handle(), 20ms).empty());
  CHECK(ThreadStack::of(other.handle(), 600s).empty());
  walk.store(Walk::kPass);
  std::vector<void*> frames;
  while (frames.empty()) frames = ThreadStack::of(other.handle(), 600s);
  CHECK(passes_through(frames, compute));
}
