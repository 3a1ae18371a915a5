// Goal: what the server says is heard, how it ended is known, and it never outlives whoever started
// it. Method: shell scripts for servers.

#include "prove/server_process.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "core/base/clock.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using prove::ServerProcess;
using std::chrono::milliseconds;

class Program {
 public:
  explicit Program(const std::string& script)
      : path_(directory_.write("server", "#!/bin/sh\n" + script + "\n")) {
    REQUIRE(::chmod(path_.c_str(), 0755) == 0);
  }
  [[nodiscard]] std::unique_ptr<ServerProcess> start(const std::string& group_file = "") const {
    auto server = ServerProcess::start({path_, "/some/config", group_file, ""});
    REQUIRE(server);
    return std::move(*server);
  }

 private:
  test::TemporaryDirectory directory_;
  std::string path_;
};

template <typename Condition>
bool listen_until(ServerProcess& server, Condition condition) {
  const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (core::Clock::now() > give_up) return false;
    server.listen(milliseconds(20));
  }
  return true;
}

bool says(ServerProcess& server, const std::string& text) {
  return listen_until(server, [&] { return server.said().find(text) != std::string::npos; });
}

bool ends(ServerProcess& server) {
  return listen_until(server, [&] { return server.end().has_value(); });
}

// Zombies are nobody's any more.
bool is_gone(pid_t id) { return ::kill(id, 0) != 0 && errno == ESRCH; }

}  // namespace

TEST_CASE("it is started as the server that serves a configuration, in proof mode") {
  const Program program("echo \"words: $*\" >&2");
  const auto server = program.start();
  CHECK(says(*server, "words: run --proof -c /some/config\n"));
}

TEST_CASE("how it ended is known, and what it said last") {
  const Program failing("echo no memory >&2\nexit 3");
  const auto failed = failing.start();
  CHECK(ends(*failed));
  CHECK(failed->end() == "it ended with exit code 3");
  CHECK(says(*failed, "no memory"));

  const Program crashing("kill -SEGV $$");
  const auto crashed = crashing.start();
  CHECK(ends(*crashed));
  CHECK(crashed->end() == "signal 11 ended it (Segmentation fault)");

  auto missing = ServerProcess::start({"/nowhere/ouro", "", "", ""});
  REQUIRE(missing);
  CHECK(says(**missing, "cannot execute the server"));
  CHECK(ends(**missing));
}

TEST_CASE("it is killed with its owner, whatever signals it does without") {
  const Program stubborn(
      "trap '' TERM INT HUP\necho ready >&2\nwhile :; do read -r x </dev/zero; done");
  pid_t id = 0;
  {
    const auto server = stubborn.start();
    REQUIRE(says(*server, "ready"));
    id = server->id();
    CHECK(!server->end());
  }
  CHECK(is_gone(id));
}

TEST_CASE("it does not outlive a prover that is killed") {
  const Program stubborn("echo \"id $$\" >&2\nwhile :; do read -r x </dev/zero; done");
  test::Process prover([&stubborn] {
    const auto server = stubborn.start();
    if (!says(*server, "id ")) return 1;
    const std::string line = server->said() + "\n";
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) return 2;
    for (;;) server->listen(milliseconds(1000));
  });
  REQUIRE(prover.says("id "));
  const std::string said = prover.error_output();
  const pid_t id = std::stoi(said.substr(said.find("id ") + 3));
  prover.signal(SIGKILL);
  prover.wait();
  const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(20);
  // Its new parent takes a moment to bury it.
  while (!is_gone(id) && core::Clock::now() < give_up) {
  }
  CHECK(is_gone(id));
}

TEST_CASE("signals that the prover keeps from itself reach it") {
  sigset_t term;
  sigset_t before;
  ::sigemptyset(&term);
  ::sigaddset(&term, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &term, &before);
  const Program program("echo ready >&2\nwhile :; do read -r x </dev/zero; done");
  const auto server = program.start();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(says(*server, "ready"));
  ::kill(server->id(), SIGTERM);
  CHECK(ends(*server));
  CHECK(server->end() == "signal 15 ended it (Terminated)");
}

TEST_CASE("a group that cannot be joined is said, and it goes on without") {
  const Program program("echo ready >&2");
  const auto server = program.start("/nowhere/cgroup.procs");
  REQUIRE(says(*server, "ready"));
  CHECK(server->group_problem() == "cannot join a control group: No such file or directory");
  CHECK(server->mount_problem().empty());
}

TEST_CASE("of one that says too much, the end is kept") {
  const Program program("yes 0123456789 | head -n 20000 >&2\necho the end >&2");
  const auto server = program.start();
  CHECK(says(*server, "the end\n"));
  CHECK(server->said().size() <= 64 * 1024);
}
