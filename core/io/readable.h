// sleep_until_readable: how both back ends sleep apart from their work. Loop thread.
#pragma once

#include <poll.h>

#include <cerrno>
#include <ctime>
#include <span>

#include "core/base/clock.h"
#include "core/base/invariant.h"

namespace core {

// Until one of them is, for `limit` at most; Duration::max(): no limit. A signal ends it.
inline void sleep_until_readable(std::span<pollfd> fds, Duration limit) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (limit - seconds).count()};
  const int result =
      ::ppoll(fds.data(), fds.size(), limit == Duration::max() ? nullptr : &timeout, nullptr);
  INVARIANT(result >= 0 || errno == EINTR);
}

}  // namespace core
