// How long a server's loops could have gone on but had no CPU, as the kernel counts it
// (/proc/PID/task/TID/schedstat): what a loop cannot see itself, because it is not yet awake then.
// Any thread.
#pragma once

#include <sys/types.h>

#include <string>

namespace prove {

// Of all threads named loop-..., since they began; in seconds. 0 where the kernel does not count
// it. `root`: the folder that has proc.
[[nodiscard]] double cpu_wait_of_loops(pid_t server, const std::string& root = "");

}  // namespace prove
