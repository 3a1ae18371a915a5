// How many CPUs this process really gets. A container with 1.5 of 64 cores wants two loops, not 64.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace server {

// The affinity mask, cut by the quota rounded up; at least 1. Reads /proc and /sys, as the next:
// before the loops start.
[[nodiscard]] std::size_t available_cpus();

// The cgroup's CPU quota (v2, else v1), in CPUs; nullopt without one. The least of its ancestors'
// counts.
[[nodiscard]] std::optional<double> cpu_quota();

// Rounded up.
[[nodiscard]] std::size_t whole_cpus(double cpus);

// The CPUs of a quota as cgroup v2's cpu.max words it ("150000 100000", "max 100000"); nullopt
// without a limit.
[[nodiscard]] std::optional<double> quota_cpus(std::string_view cpu_max);

}  // namespace server
