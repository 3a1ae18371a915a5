#include "core/base/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <ctime>

namespace core {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
              std::atomic<std::uint32_t>::is_always_lock_free);

void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected, Duration limit) {
  timespec timeout{};
  const bool limited = limit != Duration::max();
  if (limited) {
    const auto whole =
        std::max(std::chrono::nanoseconds(limit), std::chrono::nanoseconds(0)).count();
    timeout.tv_sec = whole / 1'000'000'000;
    timeout.tv_nsec = whole % 1'000'000'000;
  }
  // EAGAIN (the word changed), EINTR and ETIMEDOUT all mean: look again.
  static_cast<void>(::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected,
                              limited ? &timeout : nullptr, nullptr, 0));
}

void futex_wake(const std::atomic<std::uint32_t>& word, std::uint32_t sleepers_max) {
  const std::uint32_t count = std::min<std::uint32_t>(sleepers_max, INT_MAX);
  static_cast<void>(::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0));
}

}  // namespace core
