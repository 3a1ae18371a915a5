// Waits for one descriptor, on threads that may wait: a loop has its back end for that. Any thread.
#pragma once

#include "core/base/clock.h"

namespace core {

// For one of `events` of poll(2), or an end or an error, which the next call on it tells of.
// False: nothing of that came before `until`, or that has passed already.
[[nodiscard]] bool wait_until_ready(int fd, short events, TimePoint until);

}  // namespace core
