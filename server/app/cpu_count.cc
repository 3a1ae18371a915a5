#include "server/app/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>

namespace server {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The path of our cgroup in a hierarchy: "0::/x" for v2, "4:cpu,cpuacct:/x" for v1's cpu
// controller.
std::string cgroup_path(bool version_2) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool matches =
        version_2 ? controllers == ",," : controllers.find(",cpu,") != std::string::npos;
    if (matches) return line.substr(second + 1);
  }
  return "";
}

// The nearest limit up the tree counts, so every ancestor is asked. Inside a container the path may
// be the host's and missing below /sys/fs/cgroup: then the root is the container's own group.
std::optional<double> cgroup_quota(const std::string& mount, std::string path, bool version_2) {
  std::optional<double> least;
  for (;;) {
    const std::string folder = mount + (path == "/" ? "" : path);
    const std::string limit = version_2 ? first_line(folder + "/cpu.max")
                                        : first_line(folder + "/cpu.cfs_quota_us") + " " +
                                              first_line(folder + "/cpu.cfs_period_us");
    if (const auto cpus = quota_cpus(limit)) least = std::min(least.value_or(*cpus), *cpus);
    if (path.empty() || path == "/") return least;
    path.resize(path.rfind('/'));
  }
}

}  // namespace

std::optional<double> quota_cpus(std::string_view cpu_max) {
  std::int64_t quota = 0;
  std::int64_t period = 0;
  const char* end = cpu_max.data() + cpu_max.size();
  const auto first = std::from_chars(cpu_max.data(), end, quota);
  if (first.ec != std::errc() || first.ptr == end || quota <= 0) return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, period);
  if (second.ec != std::errc() || period <= 0) return std::nullopt;
  return static_cast<double>(quota) / static_cast<double>(period);
}

std::size_t whole_cpus(double cpus) { return static_cast<std::size_t>(std::ceil(cpus)); }

std::optional<double> cpu_quota() {
  const auto quota = cgroup_quota("/sys/fs/cgroup", cgroup_path(true), true);
  return quota ? quota : cgroup_quota("/sys/fs/cgroup/cpu", cgroup_path(false), false);
}

std::size_t available_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::size_t cpus = 1;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) {
    cpus = static_cast<std::size_t>(std::max(CPU_COUNT(&mask), 1));
  }
  const auto quota = cpu_quota();
  return quota ? std::clamp<std::size_t>(whole_cpus(*quota), 1, cpus) : cpus;
}

}  // namespace server
