// How many CPUs this process really gets. A container with 1.5 of 64 cores wants two loops, not 64.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace server {

// The affinity mask, cut by the quota rounded up; at least 1. Reads /proc and /sys, as the next:
// not on a loop.
[[nodiscard]] std::size_t available_cpus();

// The CPU quota of this process's cgroup (v2, else v1), in CPUs; nullopt without one. The least of
// its ancestors' counts. An error: it cannot be told now, for want of descriptors, say, or because
// the process is being moved. `root`: the folder that has proc and sys.
[[nodiscard]] core::Result<std::optional<double>> cpu_quota(const std::string& root = "");

// Rounded up.
[[nodiscard]] std::size_t whole_cpus(double cpus);

// The CPUs of a quota as cgroup v2's cpu.max words it ("150000 100000", "max 100000"); nullopt
// without a limit.
[[nodiscard]] std::optional<double> quota_cpus(std::string_view cpu_max);

}  // namespace server
