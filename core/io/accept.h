// accept_some: what both back ends do when somebody is at a listener. Loop thread.
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "core/io/backend.h"
#include "core/io/operation.h"

namespace core {

// Completes `operation` with up to `max` connections that wait already. 0: there may be more;
// EAGAIN: there are none; anything else ends the operation. The listener does not block.
[[nodiscard]] inline int accept_some(Operation& operation, std::size_t max,
                                     CompletionQueue& completions) {
  for (std::size_t tried = 0; tried < max; ++tried) {
    // By hand: ThreadSanitizer watches the C library's calls, and of a descriptor whose beginning
    // it sees here but not its end in the ring it believes that the next one of this number races.
    const int fd = static_cast<int>(
        ::syscall(SYS_accept4, operation.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd >= 0) {
      completions.push(Completion{&operation, fd, true, {}});
    } else if (errno != ECONNABORTED && errno != EINTR && errno != EPROTO) {
      // accept(2): of these the connection died in the queue, or a network error was pending on it.
      return errno == EWOULDBLOCK ? EAGAIN : errno;
    }
  }
  return 0;
}

}  // namespace core
