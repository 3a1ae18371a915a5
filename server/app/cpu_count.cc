#include "server/app/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <utility>

#include "config/file_text.h"

namespace server {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 16;

// Empty when there is no such file: a hierarchy that is not mounted, a controller that is off, a
// root group, which has no limit.
core::Result<std::string> read_if_there(const std::string& path) {
  auto text = config::read_file(path, kFileBytesMax);
  const bool missing =
      !text && (text.error().errno_value == ENOENT || text.error().errno_value == ENOTDIR);
  return missing ? "" : std::move(text);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The path of our cgroup in a hierarchy, by /proc/self/cgroup: "0::/x" for v2, "4:cpu,cpuacct:/x"
// for v1's cpu controller.
std::string cgroup_path(const std::string& cgroups, bool version_2) {
  std::istringstream lines(cgroups);
  for (std::string line; std::getline(lines, line);) {
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

// As cpu.max words it, whatever the version.
core::Result<std::string> group_limit(const std::string& folder, bool version_2) {
  if (version_2) return read_if_there(folder + "/cpu.max");
  const auto quota = read_if_there(folder + "/cpu.cfs_quota_us");
  const auto period = read_if_there(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return quota ? period : quota;
  return first_line(*quota) + " " + first_line(*period);
}

// The nearest limit up the tree counts, so every ancestor is asked. Inside a container the path may
// be the host's and missing below /sys/fs/cgroup: then the root is the container's own group.
core::Result<std::optional<double>> cgroup_quota(const std::string& mount, std::string path,
                                                 bool version_2) {
  std::optional<double> least;
  for (;;) {
    const auto limit = group_limit(mount + (path == "/" ? "" : path), version_2);
    if (!limit) return core::unexpected(limit.error());
    if (const auto cpus = quota_cpus(*limit)) least = std::min(least.value_or(*cpus), *cpus);
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

core::Result<std::optional<double>> cpu_quota(const std::string& root) {
  const auto cgroups = read_if_there(root + "/proc/self/cgroup");
  if (!cgroups) return core::unexpected(cgroups.error());
  const std::string mount = root + "/sys/fs/cgroup";
  auto quota = cgroup_quota(mount, cgroup_path(*cgroups, true), true);
  if (!quota || *quota) return quota;
  return cgroup_quota(mount + "/cpu", cgroup_path(*cgroups, false), false);
}

std::size_t available_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  std::size_t cpus = 1;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) {
    cpus = static_cast<std::size_t>(std::max(CPU_COUNT(&mask), 1));
  }
  const auto quota = cpu_quota().value_or(std::nullopt);
  return quota ? std::clamp<std::size_t>(whole_cpus(*quota), 1, cpus) : cpus;
}

}  // namespace server
