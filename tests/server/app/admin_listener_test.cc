// Goal: the admin answers when nothing else does: while the loops are held up, while the server is
// full, and during all of a drain, when it says that the server is not ready. An address that is
// taken matters only to those who asked for it. Method: the program itself, from its configuration
// as values on, in a child process; its loops' threads held by ptrace(2).

#include <doctest/doctest.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/io/socket.h"
#include "server/app/daemon.h"
#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::Process;
using test::TestClient;

config::ListenAddress address(std::uint16_t port) {
  config::ListenAddress result;
  result.host = "127.0.0.1";
  result.port = port;
  result.text = "127.0.0.1:" + std::to_string(port);
  result.place = {"ouro.jsonc", 3, 14};
  return result;
}

// Free ports for the files in `root` and for the admin; /ready is a route among them.
config::Config config_of(const std::string& root) {
  config::Config config;
  config.listen.emplace_back().address = address(0);
  config.admin = {address(0), false};
  config.log.access.kind = config::LogTarget::Kind::kNone;
  config::Route ready;
  ready.path = {"/ready"};
  ready.action = config::Health::kReady;
  config::Route files;
  std::get<config::Files>(files.action).root = root;
  config.sites.emplace_back().routes = {ready, files};
  return config;
}

// Started, and listening.
struct Daemon : Process {
  explicit Daemon(const config::Config& config) : Process([&] { return server::serve(config); }) {
    REQUIRE(says("files "));
  }
  [[nodiscard]] std::uint16_t admin_port() const {
    const std::string text = error_output();
    const std::size_t row = text.find("admin     http://");
    REQUIRE(row != std::string::npos);
    return static_cast<std::uint16_t>(std::atoi(text.substr(text.find(':', row + 17) + 1).c_str()));
  }
};

int status_of(std::uint16_t port, std::string_view target) {
  const auto answer = test::get(port, target);
  return answer ? answer->status : -1;
}

// A thread of a child, which the kernel does not run until this is destroyed.
class HeldThread {
 public:
  explicit HeldThread(pid_t thread) : thread_(thread) {
    int status = 0;
    held_ = ::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) == 0 &&
            ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) == 0 &&
            ::waitpid(thread_, &status, __WALL) == thread_;
  }
  HeldThread(const HeldThread&) = delete;
  HeldThread& operator=(const HeldThread&) = delete;
  ~HeldThread() {
    if (held_) ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr);
  }
  [[nodiscard]] bool held() const { return held_; }

 private:
  const pid_t thread_;
  bool held_ = false;
};

std::vector<pid_t> threads_named(pid_t process, const std::string& prefix) {
  std::vector<pid_t> threads;
  const std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name.starts_with(prefix)) threads.push_back(std::stoi(task.path().filename().string()));
  }
  return threads;
}

}  // namespace

TEST_CASE("the admin answers while every loop is held up") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  config::Config config = config_of(site.path());
  config.loops = 2;
  Daemon ouro(config);
  TestClient client(ouro.port());
  {
    std::deque<HeldThread> loops;
    for (const pid_t thread : threads_named(ouro.id(), "loop-")) loops.emplace_back(thread);
    REQUIRE(loops.size() == 2);
    if (!std::all_of(loops.begin(), loops.end(), [](const auto& loop) { return loop.held(); })) {
      MESSAGE("skipped: threads may not be traced here");
      return;
    }
    REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    for (int i = 0; i < 20; ++i) {
      CHECK(status_of(ouro.admin_port(), "/healthz") == 200);
      CHECK(status_of(ouro.admin_port(), "/readyz") == 200);
    }
    char byte = 0;
    CHECK(::recv(client.fd(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == -1);
    CHECK(errno == EAGAIN);
  }
  const auto answer = client.read_answer();
  REQUIRE(answer);
  CHECK(answer->body == "hello");
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
}

TEST_CASE("the admin answers while the server is full") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  config::Config config = config_of(site.path());
  config.limits.connections = 1;
  Daemon ouro(config);
  TestClient client(ouro.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(client.read_answer());
  CHECK(status_of(ouro.port(), "/") == 503);
  CHECK(status_of(ouro.admin_port(), "/healthz") == 200);
  CHECK(status_of(ouro.admin_port(), "/readyz") == 200);
}

TEST_CASE("while a download drains the server is alive but not ready") {
  const test::TemporaryDirectory site;
  const std::string large(12'000'000, 'x');
  site.write("large.bin", large);
  Daemon ouro(config_of(site.path()));
  const std::uint16_t admin = ouro.admin_port();
  TestClient client(ouro.port(), 4096);
  REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(!client.read_some(1).empty());
  CHECK(status_of(admin, "/readyz") == 200);
  ouro.signal(SIGTERM);
  REQUIRE(ouro.says("stopping"));
  CHECK(status_of(admin, "/readyz") == 503);
  CHECK(status_of(admin, "/healthz") == 200);
  TestClient idle(admin);  // must not hold up the end
  const auto rest = client.read_to_end();
  REQUIRE(rest);
  CHECK(rest->ends_with(large));
  CHECK(ouro.wait() == server::kExitDone);
}

TEST_CASE("during the delay it is not ready but serves; a second signal stops at once") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  config::Config config = config_of(site.path());
  config.drain.delay = std::chrono::hours(1);
  Daemon ouro(config);
  CHECK(status_of(ouro.port(), "/ready") == 200);
  ouro.signal(SIGTERM);
  REQUIRE(ouro.says("not ready any more"));
  CHECK(status_of(ouro.admin_port(), "/readyz") == 503);
  CHECK(status_of(ouro.admin_port(), "/healthz") == 200);
  CHECK(status_of(ouro.port(), "/ready") == 503);
  CHECK(status_of(ouro.port(), "/") == 200);
  CHECK(ouro.error_output().find("stopping") == std::string::npos);
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
}

TEST_CASE("after the delay it drains") {
  const test::TemporaryDirectory site;
  config::Config config = config_of(site.path());
  config.drain.delay = std::chrono::milliseconds(20);
  Daemon ouro(config);
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
  CHECK(ouro.error_output().find("not ready any more") <
        ouro.error_output().find("what has begun is finished first"));
}

TEST_CASE("a default address that is taken is a warning, one that was asked for an error") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  const auto other = core::listen_on(*core::SocketAddress::parse("127.0.0.1", 0), 1);
  REQUIRE(other);
  config::Config config = config_of(site.path());
  config.admin.address = address(core::SocketAddress::of_socket(other->front().get()).port());
  const std::string taken = config.admin.address->text;
  config.admin.is_default = true;
  {
    Daemon ouro(config);
    CHECK(ouro.error_output().starts_with(
        "ouro: admin: " + taken +
        " is taken, going on without (\"admin\": {\"address\": ...} chooses another)\n"));
    CHECK(ouro.error_output().find("admin     ") == std::string::npos);
    CHECK(status_of(ouro.port(), "/") == 200);
    ouro.signal(SIGTERM);
    CHECK(ouro.wait() == server::kExitDone);
  }
  config.admin.is_default = false;
  Process asked_for([&] { return server::serve(config); });
  CHECK(asked_for.wait() == server::kExitFailed);
  CHECK(asked_for.error_output().find("ouro.jsonc:3:14: cannot listen on " + taken +
                                      ": Address already in use") != std::string::npos);
}

TEST_CASE("without an address there is no admin") {
  const test::TemporaryDirectory site;
  config::Config config = config_of(site.path());
  config.admin = {std::nullopt, false};
  Daemon ouro(config);
  CHECK(ouro.error_output().find("admin") == std::string::npos);
  CHECK(threads_named(ouro.id(), "admin").empty());
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
}

TEST_CASE("the admin may be a Unix socket, which goes with the server") {
  const test::TemporaryDirectory site;
  const std::string path = site.path() + "/admin.sock";
  config::Config config = config_of(site.path());
  config.admin.address->unix_path = path;
  Daemon ouro(config);
  CHECK(ouro.error_output().find("admin     unix:" + path + "\n") != std::string::npos);
  const core::UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto peer = core::SocketAddress::parse_unix(path);
  REQUIRE(peer);
  REQUIRE(::connect(client.get(), peer->data(), peer->size()) == 0);
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  REQUIRE(::send(client.get(), request.data(), request.size(), MSG_NOSIGNAL) > 0);
  std::array<char, 12> status{};
  REQUIRE(::recv(client.get(), status.data(), status.size(), MSG_WAITALL) == 12);
  CHECK(std::string(status.data(), status.size()) == "HTTP/1.1 200");
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
  CHECK(!std::filesystem::exists(path));
}
