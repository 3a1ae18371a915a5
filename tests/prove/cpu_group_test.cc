// Goal: a control group is made where one may be, has its quota, and is gone afterwards; elsewhere
// the reason is said. Method: folders that look like a kernel's; the kernel's own, as far as this
// process may.

#include "prove/cpu_group.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/server/app/temporary_directory.h"

namespace {

using prove::CpuGroup;
using test::TemporaryDirectory;

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string name() { return "ouro-test-" + std::to_string(::getpid()); }

}  // namespace

TEST_CASE("without control groups there is none") {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "0::/a\n");
  root.write("proc/self/mounts", "proc /proc proc rw 0 0\n");
  const auto group = CpuGroup::make("x", 0.5, root.path());
  REQUIRE(!group);
  CHECK(group.error().message == "no control group for CPU time is mounted");
}

TEST_CASE("a group that does not divide CPU time is not left behind") {
  const TemporaryDirectory root;
  for (const char* mounts :
       {"cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "cgroup /sys/fs/cgroup cgroup rw,cpu 0 0\n"}) {
    CAPTURE(mounts);
    root.write("proc/self/cgroup", "1:cpu:/a/b\n0::/a/b\n");
    root.write("proc/self/mounts", mounts);
    root.write("sys/fs/cgroup/a/b/cgroup.procs", "");
    const auto group = CpuGroup::make("x", 0.5, root.path());
    REQUIRE(!group);
    CHECK(group.error().message.find("does not divide CPU time") != std::string::npos);
    for (const char* folder : {"x", "a/x", "a/b/x"}) {
      CHECK(!std::filesystem::exists(root.path() + "/sys/fs/cgroup/" + folder));
    }
  }
}

TEST_CASE("who may not make one hears why") {
  const TemporaryDirectory root;
  root.write("proc/self/cgroup", "0::/gone\n");
  root.write("proc/self/mounts", "cgroup2 /nowhere cgroup2 rw 0 0\n");
  const auto group = CpuGroup::make("x", 0.5, root.path());
  REQUIRE(!group);
  CHECK(group.error().message.find("No such file or directory") != std::string::npos);
}

TEST_CASE("the kernel's group has its quota and is gone with its owner") {
  std::string folder;
  {
    const auto group = CpuGroup::make(name(), 0.5);
    if (!group) {
      MESSAGE("left out: " << group.error().message);
      return;
    }
    folder = std::filesystem::path((*group)->file()).parent_path().string();
    CHECK(std::filesystem::exists((*group)->file()));
    const bool version_2 = std::filesystem::exists(folder + "/cpu.max");
    CHECK(first_line(folder + (version_2 ? "/cpu.max" : "/cpu.cfs_quota_us")) ==
          (version_2 ? "50000 100000" : "50000"));
  }
  CHECK(!std::filesystem::exists(folder));
}
