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

constexpr pthread_t kNobody{};

// The question, one at a time. A signal handler reaches nothing but what is static.
struct Question {
  // Who is asked; taken out by whoever comes first: the thread, which answers then, or the asker,
  // who gives up. A thread that comes late does not find itself.
  std::atomic<pthread_t> thread{kNobody};
  // A futex: 1 until there is an answer, or will be none.
  std::atomic<std::uint32_t> open{0};
  std::array<void*, kFramesMax> frames{};
  int count = 0;
};
Question question;    // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
Mutex one_at_a_time;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// Async-signal-safe once install() has made backtrace(3) load what it needs.
void answer(int) {
  const int saved_errno = errno;
  pthread_t self = pthread_self();
  if (question.thread.compare_exchange_strong(self, kNobody)) {
    question.count = ::backtrace(question.frames.data(), static_cast<int>(kFramesMax));
    question.open.store(0, std::memory_order_release);
    futex_wake(question.open, 1);
  }
  errno = saved_errno;
}

// Where the thread has begun to answer, the question stays open until it has.
void give_up(pthread_t thread) {
  if (question.thread.compare_exchange_strong(thread, kNobody)) question.open.store(0);
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
  if (question.open.load(std::memory_order_acquire) != 0) return {};
  question.open.store(1);
  question.thread.store(thread);
  const TimePoint until = Clock::now() + limit;
  const bool sent = pthread_kill(thread, stack_signal()) == 0;
  while (question.open.load(std::memory_order_acquire) != 0) {
    const Duration left = until - Clock::now();
    if (!sent || left <= Duration::zero()) {
      give_up(thread);
      return {};
    }
    futex_wait(question.open, 1, left);
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
