#include "prove/cpu_group.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/unique_fd.h"

namespace prove {
namespace {

constexpr int kPeriodMicroseconds = 100'000;
// A group can be removed when the last thread of its processes is gone.
constexpr std::chrono::seconds kGoneWithin{2};
constexpr int kLookEveryMilliseconds = 10;

std::vector<std::string> words_of(const std::string& line, char separator) {
  std::vector<std::string> words;
  std::istringstream stream(line);
  for (std::string word; std::getline(stream, word, separator);) words.push_back(word);
  return words;
}

bool has_cpu(const std::string& controllers) {
  const auto names = words_of(controllers, ',');
  return std::find(names.begin(), names.end(), "cpu") != names.end();
}

// Of this process; nullopt: there is none (cgroups(7), "number:controllers:path").
std::optional<std::string> own_group(const std::string& root, bool version_2) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (version_2 ? controllers.empty() : has_cpu(controllers)) return line.substr(second + 1);
  }
  return std::nullopt;
}

// The group itself first, then those above it, up to where they are mounted.
void add_with_ancestors(const std::string& mounted_at, std::string group,
                        std::vector<std::string>& folders) {
  while (group.size() > 1) {
    folders.push_back(mounted_at + group);
    group.erase(group.rfind('/'));
  }
  folders.push_back(mounted_at);
}

std::vector<std::string> candidates(const std::string& root) {
  std::vector<std::string> folders;
  std::ifstream file(root + "/proc/self/mounts");
  for (std::string line; std::getline(file, line);) {
    const auto words = words_of(line, ' ');
    if (words.size() < 4) continue;
    const bool version_2 = words[2] == "cgroup2";
    if (!version_2 && (words[2] != "cgroup" || !has_cpu(words[3]))) continue;
    if (auto group = own_group(root, version_2)) {
      add_with_ancestors(root + words[1], std::move(*group), folders);
    }
  }
  return folders;
}

core::Result<void> write_file(const std::string& path, const std::string& text) {
  const core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid() || ::write(fd.get(), text.data(), text.size()) < 0) {
    return core::unexpected(core::system_error("cannot write " + path, errno));
  }
  return {};
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

core::Result<std::unique_ptr<CpuGroup>> CpuGroup::make(const std::string& name, double cpus,
                                                       const std::string& root) {
  core::Error problem{"no control group for CPU time is mounted"};
  for (const std::string& parent : candidates(root)) {
    const std::string folder = fmt::format("{}/{}", parent, name);
    if (::mkdir(folder.c_str(), 0755) != 0) {
      problem = core::system_error("cannot make a control group, " + folder, errno);
      continue;
    }
    std::unique_ptr<CpuGroup> group(new CpuGroup(folder));
    auto limited = group->limit(cpus);
    if (limited) return group;
    problem = std::move(limited.error());
  }
  return core::unexpected(std::move(problem));
}

core::Result<void> CpuGroup::limit(double cpus) const {
  const long quota = std::lround(cpus * kPeriodMicroseconds);
  if (exists(folder_ + "/cpu.max")) {
    return write_file(folder_ + "/cpu.max", fmt::format("{} {}", quota, kPeriodMicroseconds));
  }
  if (!exists(folder_ + "/cpu.cfs_quota_us")) {
    return core::unexpected(core::Error{folder_ + " does not divide CPU time"});
  }
  auto period = write_file(folder_ + "/cpu.cfs_period_us", fmt::format("{}", kPeriodMicroseconds));
  if (!period) return period;
  return write_file(folder_ + "/cpu.cfs_quota_us", fmt::format("{}", quota));
}

CpuGroup::~CpuGroup() {
  const core::TimePoint until = core::Clock::now() + kGoneWithin;
  while (::rmdir(folder_.c_str()) != 0 && errno == EBUSY && core::Clock::now() < until) {
    ::poll(nullptr, 0, kLookEveryMilliseconds);
  }
}

}  // namespace prove
