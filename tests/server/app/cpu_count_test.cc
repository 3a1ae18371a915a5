// Goal: as many loops as CPUs are really given.
// Method: the quota's text as the kernel words it; cgroups made of files; the affinity mask of this
// very process.

#include "server/app/cpu_count.h"

#include <doctest/doctest.h>
#include <sched.h>

#include <optional>
#include <string>

#include "tests/server/app/cgroup_files.h"

TEST_CASE("a quota counts as CPUs, and as loops rounded up") {
  struct Case {
    std::string text;
    std::optional<double> cpus;
    std::size_t loops = 0;
  };
  const Case cases[] = {
      {"max 100000", std::nullopt}, {"100000 100000", 1.0, 1}, {"150000 100000", 1.5, 2},
      {"1000 100000", 0.01, 1},     {"400000 100000", 4.0, 4}, {"400001 100000", 4.00001, 5},
      {"-1 100000", std::nullopt},  {"", std::nullopt},        {" ", std::nullopt},
      {"100000", std::nullopt},     {"1 0", std::nullopt},     {"x y", std::nullopt},
      {"25000 50000", 0.5, 1},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    const auto quota = server::quota_cpus(one.text);
    CHECK(quota == one.cpus);
    if (quota) CHECK(server::whole_cpus(*quota) == one.loops);
  }
}

TEST_CASE("of a group and its ancestors the least quota counts") {
  const test::CgroupFiles files("0::/app/web\n");
  const auto quota = [&files] {
    const auto read = server::cpu_quota(files.root());
    REQUIRE(read);
    return *read;
  };
  CHECK(quota() == std::nullopt);
  files.set_v2("/app/web", "max 100000");
  CHECK(quota() == std::nullopt);
  files.set_v2("/app", "300000 100000");
  CHECK(quota() == 3.0);
  files.set_v2("/app/web", "150000 100000");
  CHECK(quota() == 1.5);
  files.set_v2("", "50000 100000");  // a container's own root
  CHECK(quota() == 0.5);
  files.be_in("0::/\n");
  CHECK(quota() == 0.5);
}

TEST_CASE("version 1 is asked when version 2 has no CPU controller") {
  const test::CgroupFiles files("4:cpu,cpuacct:/docker/x\n3:cpuset:/other\n0::/docker/x\n");
  const auto quota = [&files] { return server::cpu_quota(files.root()).value(); };
  files.set_v1("/docker/x", "-1", "100000");
  CHECK(quota() == std::nullopt);
  files.set_v1("/docker/x", "25000", "50000");
  CHECK(quota() == 0.5);
  files.set_v1("/other", "1000", "100000");
  CHECK(quota() == 0.5);
  files.set_v1("/docker", "20000", "100000");
  CHECK(quota() == 0.2);
  files.set_v2("/docker/x", "400000 100000");
  CHECK(quota() == 4.0);
}

TEST_CASE("a system without cgroups has no quota, a file that cannot be read is no such system") {
  const test::TemporaryDirectory empty;
  CHECK(server::cpu_quota(empty.path()).value() == std::nullopt);
  const std::string places[] = {"proc/self/cgroup", "sys/fs/cgroup/cpu.max",
                                "sys/fs/cgroup/cpu/cpu.cfs_quota_us",
                                "sys/fs/cgroup/cpu/cpu.cfs_period_us"};
  for (const std::string& place : places) {
    CAPTURE(place);
    const test::CgroupFiles files;
    files.remove(place);
    std::filesystem::create_directories(files.root() + "/" + place);  // EISDIR
    CHECK_FALSE(server::cpu_quota(files.root()));
  }
}

TEST_CASE("the affinity mask bounds the count") {
  cpu_set_t before;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  const std::size_t all = server::available_cpus();
  CHECK(all >= 1);
  CHECK(all <= static_cast<std::size_t>(CPU_COUNT(&before)));
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(server::available_cpus() == 1);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
}
