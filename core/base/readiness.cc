#include "core/base/readiness.h"

#include <poll.h>

#include <cerrno>
#include <chrono>

namespace core {

bool wait_until_ready(int fd, short events, TimePoint until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd request{fd, events, 0};
    const int ready = ::poll(&request, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace core
