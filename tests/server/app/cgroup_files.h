// What the kernel says of this process's cgroup and its CPU quota, as files of a test's own.
#pragma once

#include <filesystem>
#include <string>

#include "tests/server/app/temporary_directory.h"

namespace test {

class CgroupFiles {
 public:
  explicit CgroupFiles(const std::string& cgroups = "0::/\n") { be_in(cgroups); }

  // /proc/self/cgroup.
  void be_in(const std::string& cgroups) const { write("proc/self/cgroup", cgroups); }
  // Of the group at `path`: "" or "/a/b". In one instant, as the kernel does it.
  void set_v2(const std::string& path, const std::string& cpu_max) const {
    write("sys/fs/cgroup" + path + "/cpu.max", cpu_max + "\n");
  }
  void set_v1(const std::string& path, const std::string& quota, const std::string& period) const {
    write("sys/fs/cgroup/cpu" + path + "/cpu.cfs_period_us", period + "\n");
    write("sys/fs/cgroup/cpu" + path + "/cpu.cfs_quota_us", quota + "\n");
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::rename(directory_.write(name + ".new", text), root() + "/" + name);
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(root() + "/" + name); }
  [[nodiscard]] const std::string& root() const { return directory_.path(); }

 private:
  test::TemporaryDirectory directory_;
};

}  // namespace test
