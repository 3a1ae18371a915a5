// sleep_until_readable: how both back ends sleep apart from their work. Loop thread.
#pragma once

#include <poll.h>

#include <cerrno>
#include <ctime>

#include "core/base/clock.h"
#include "core/base/invariant.h"

namespace core {

// For `limit` at most; Duration::max(): no limit. A signal ends it.
inline void sleep_until_readable(int fd, Duration limit) {
  pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(limit);
  const timespec timeout{.tv_sec = seconds.count(), .tv_nsec = (limit - seconds).count()};
  const int result = ::ppoll(&readable, 1, limit == Duration::max() ? nullptr : &timeout, nullptr);
  INVARIANT(result >= 0 || errno == EINTR);
}

}  // namespace core
