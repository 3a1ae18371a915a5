#include "core/probe/thread_stack.h"

#include <execinfo.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "core/base/futex.h"
#include "core/base/invariant.h"
#include "core/base/thread_annotations.h"

namespace core {
namespace {

constexpr std::size_t kFramesMax = 64;
// The handler itself, and the frame that the kernel made to call it.
constexpr std::size_t kOwnFrames = 2;

// The real-time signals are the application's; the first ones are glibc's (signal(7)).
int stack_signal() { return SIGRTMIN + 3; }

// The question that is open. A signal handler reaches nothing but what is static.
struct Question {
  std::atomic<std::uint32_t> number{0};
  std::atomic<std::uint32_t> answered{0};  // a futex: the number of the last answer
  std::atomic<pthread_t> thread{};         // who is asked: one that comes late answers nobody
  std::array<void*, kFramesMax> frames{};
  int count = 0;
};
Question question;    // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
Mutex one_at_a_time;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// Async-signal-safe once install() has made backtrace(3) load what it needs.
void answer(int) {
  const int saved_errno = errno;
  const std::uint32_t number = question.number.load(std::memory_order_acquire);
  if (question.answered.load() != number && pthread_equal(question.thread, pthread_self()) != 0) {
    question.count = ::backtrace(question.frames.data(), static_cast<int>(kFramesMax));
    question.answered.store(number, std::memory_order_release);
    futex_wake(question.answered, 1);
  }
  errno = saved_errno;
}

}  // namespace

void ThreadStack::install() {
  std::array<void*, 1> frame{};
  static_cast<void>(::backtrace(frame.data(), 1));
  struct sigaction action {};
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  INVARIANT(::sigaction(stack_signal(), &action, nullptr) == 0);
}

void ThreadStack::let_in() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, stack_signal());
  INVARIANT(pthread_sigmask(SIG_UNBLOCK, &set, nullptr) == 0);
}

std::vector<void*> ThreadStack::of(pthread_t thread, Duration limit) {
  const MutexLock lock(one_at_a_time);
  const std::uint32_t before = question.answered.load();
  question.thread.store(thread);
  const std::uint32_t number = question.number.load() + 1;
  question.number.store(number, std::memory_order_release);
  const TimePoint until = Clock::now() + limit;
  if (pthread_kill(thread, stack_signal()) != 0) return {};
  while (question.answered.load(std::memory_order_acquire) != number) {
    const Duration left = until - Clock::now();
    if (left <= Duration::zero()) return {};
    futex_wait(question.answered, before, left);
  }
  const auto count = static_cast<std::size_t>(std::max(question.count, 0));
  const auto* const first = question.frames.data();
  return std::vector<void*>(first + std::min(kOwnFrames, count), first + count);
}

std::string ThreadStack::describe(const std::vector<void*>& frames) {
  if (frames.empty()) return {};
  struct Free {
    void operator()(char** lines) const { std::free(lines); }
  };
  const std::unique_ptr<char*, Free> lines(
      ::backtrace_symbols(frames.data(), static_cast<int>(frames.size())));
  std::string text;
  for (std::size_t i = 0; lines != nullptr && i < frames.size(); ++i) {
    text.append("\n  ").append(lines.get()[i]);
  }
  return text;
}

}  // namespace core
