// Goal: what changes is told, each watch says what it sees in the log, and all of them stop.
// Method: a quota made of files, a loop that stands still, a log in a file. That certificates and
// passwords are followed is seen over sockets in certificate_watch_test.cc and users_watch_test.cc.

#include "server/app/watches.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include "core/base/unique_fd.h"
#include "tests/server/app/cgroup_files.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using namespace std::chrono_literals;

std::string content_of(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

}  // namespace

TEST_CASE("a quota and a held loop are followed side by side, and both have the log") {
  const test::TemporaryDirectory directory;
  const std::string log_path = directory.write("error.log", "");
  const core::UniqueFd log_fd(::open(log_path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  server::TextErrorFormatter formatter;
  core::LogWriter log(log_fd.get(), formatter);
  test::CgroupFiles cgroup;
  cgroup.set_v2("", "50000 100000");
  core::LoopStatistics held;
  held.working_since.store(core::Clock::now() - 3s);
  std::atomic<double> quota{1.0};

  server::Watches watches(&log);
  log.start();
  watches.watch_quota(cgroup.root(), 1.0, 1ms,
                      [&quota](std::optional<double> changed) { quota.store(*changed); });
  watches.watch_loops({&held});
  CHECK(test::LiveServer::eventually([&] { return quota.load() == 0.5; }));
  CHECK(test::LiveServer::eventually([&] {
    const std::string content = content_of(log_path);
    return content.find("loop 0 is held for ") != std::string::npos &&
           content.find("0.5") != std::string::npos;
  }));
  CHECK_FALSE(watches.all_loops_go_on());
  held.working_since.store(core::kNever);
  CHECK(watches.all_loops_go_on());
  CHECK(watches.stop(core::Clock::now() + 10s));
  log.stop(1s);
}

TEST_CASE("without a log nothing is said, and what was never started has stopped") {
  server::Watches watches(nullptr);
  CHECK(watches.stop(core::Clock::now()));
}
