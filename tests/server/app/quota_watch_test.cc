// Goal: a quota that changes, comes and goes is followed and said once each time; one that cannot
// be read stays. Method: a watch over cgroups made of files, its callbacks noted; over sockets it
// is seen in server_test.cc.

#include "server/app/quota_watch.h"

#include <doctest/doctest.h>

#include <mutex>
#include <vector>

#include "tests/server/app/cgroup_files.h"
#include "tests/server/app/live_server.h"

namespace {

using Quota = std::optional<double>;

// A watch, and what it did.
class Fixture {
 public:
  explicit Fixture(Quota in_use, const std::string& cpu_max = "max 100000")
      : files(cpu_max),
        watch_(files.root(), in_use,
               {[this](Quota quota) {
                  const std::lock_guard lock(mutex_);
                  changes_.push_back(quota);
                },
                [this](const std::string& message) {
                  const std::lock_guard lock(mutex_);
                  said_ += message + "\n";
                }},
               std::chrono::milliseconds(1)) {}
  ~Fixture() { CHECK(watch_.stop(std::chrono::seconds(10))); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  [[nodiscard]] bool comes_to_say(const std::string& all) {
    return test::LiveServer::eventually([&] {
      const std::lock_guard lock(mutex_);
      return said_ == all;
    });
  }
  [[nodiscard]] std::vector<Quota> changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

  struct Files : test::CgroupFiles {
    explicit Files(const std::string& cpu_max) { set_v2("", cpu_max); }
  };
  const Files files;

 private:
  std::mutex mutex_;
  std::vector<Quota> changes_;
  std::string said_;
  server::QuotaWatch watch_;
};

}  // namespace

TEST_CASE("a quota comes, rises, falls and goes, and each time it is said once") {
  Fixture watch(std::nullopt);
  std::string said;
  const auto check = [&](const std::string& cpu_max, const std::string& message) {
    watch.files.set_v2("", cpu_max);
    said += message + "\n";
    CHECK(watch.comes_to_say(said));
  };
  check("50000 100000", "the CPU quota is now 0.5 CPUs, was none");
  check("400000 100000", "the CPU quota is now 4 CPUs, was 0.5 CPUs");
  check("100000 100000", "the CPU quota is now 1 CPU, was 4 CPUs");
  check("max 100000", "the CPU quota is now none, was 1 CPU");
  CHECK(watch.changes() == std::vector<Quota>{0.5, 4.0, 1.0, std::nullopt});
}

TEST_CASE("a process that is moved has its new group's quota") {
  Fixture watch(std::nullopt);
  watch.files.set_v2("/small", "50000 100000");
  watch.files.be_in("0::/small\n");
  CHECK(watch.comes_to_say("the CPU quota is now 0.5 CPUs, was none\n"));
}

TEST_CASE("a quota that cannot be read is what it was, until it can") {
  Fixture watch(0.5, "50000 100000");
  for (int i = 0; i < 100; ++i) {  // some of them are looked at
    watch.files.remove("proc/self/cgroup");
    std::filesystem::create_directories(watch.files.root() + "/proc/self/cgroup");  // EISDIR
    watch.files.remove("proc/self/cgroup");
    watch.files.be_in("0::/\n");
  }
  watch.files.set_v2("", "75000 100000");
  CHECK(watch.comes_to_say("the CPU quota is now 0.75 CPUs, was 0.5 CPUs\n"));
}
