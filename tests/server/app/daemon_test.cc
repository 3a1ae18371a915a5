// Goal: the program as its operator meets it: what it says at start, how it stops, and a clear
// message with the right exit code for everything that can be wrong. Method: the real binary as a
// child process, real signals, real sockets.

#include "server/app/daemon.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "server/app/exit_code.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::Process;
using test::TestClient;

const std::string kOuro = OURO_BINARY;
const std::string kListening = "listen    http://";

std::string config_text(const std::string& root, const std::string& more = "") {
  return R"({ "listen": ["127.0.0.1:0"], "log": { "access": null }, )" + more +
         R"("sites": [ { "routes": [ { "files": { "root": ")" + root + R"(" } } ] } ] })";
}

// The binary may lie where nobody but us can read it.
std::string copy_for_everybody(const test::TemporaryDirectory& directory) {
  std::string copy = directory.path() + "/ouro";
  std::filesystem::copy_file(kOuro, copy);
  REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
  return copy;
}

void become_nobody() {
  if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(97);
}

}  // namespace

TEST_CASE("serve needs nothing but a folder and says where it is") {
  const test::TemporaryDirectory site;
  site.write("index.html", "<h1>hello</h1>");
  Process ouro({kOuro, "serve", site.path(), "--listen", "127.0.0.1:0"});
  REQUIRE(ouro.says("files " + site.path()));
  CHECK(ouro.error_output().find("engine") != std::string::npos);
  CHECK(ouro.error_output().find("loops") != std::string::npos);
  const auto answer = test::get(ouro.port(), "/");
  REQUIRE(answer);
  CHECK(answer->body == "<h1>hello</h1>");
  CHECK(answer->fields.at("content-type") == "text/html; charset=utf-8");
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
  CHECK(ouro.output().find("\"target\":\"/\"") != std::string::npos);
}

TEST_CASE("no loop waits for the table of descriptors to grow: it has its size before there are") {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const test::TemporaryDirectory site;
  Process ouro({kOuro, "serve", site.path(), "--listen", "127.0.0.1:0"});
  REQUIRE(ouro.says(kListening));
  std::ifstream status("/proc/" + std::to_string(ouro.id()) + "/status");
  std::string word;
  while (status >> word && word != "FDSize:") {
  }
  rlim_t size = 0;
  status >> size;
  CHECK(size >= std::min<rlim_t>(limit.rlim_max, 65'536));
}

TEST_CASE("SIGTERM finishes a download, a second signal cuts it off") {
  const test::TemporaryDirectory site;
  const std::string large(30'000'000, 'x');
  site.write("large.bin", large);
  for (const bool twice : {false, true}) {
    CAPTURE(twice);
    Process ouro({kOuro, "serve", site.path(), "--listen", "127.0.0.1:0"});
    REQUIRE(ouro.says(kListening));
    TestClient client(ouro.port(), 4096);
    REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(!client.read_some(1).empty());
    ouro.signal(SIGTERM);
    REQUIRE(ouro.says("stopping"));
    if (twice) {
      ouro.signal(SIGINT);
      CHECK(ouro.wait() == server::kExitDone);
      continue;
    }
    const auto rest = client.read_to_end();
    REQUIRE(rest);
    CHECK(rest->ends_with(large));
    CHECK(ouro.wait() == server::kExitDone);
  }
}

TEST_CASE("draining ends at its limit") {
  const test::TemporaryDirectory site;
  site.write("large.bin", std::string(30'000'000, 'x'));
  const std::string config =
      site.write("ouro.jsonc", config_text(site.path(), R"("drain": { "timeout": "200ms" }, )"));
  Process ouro({kOuro, "run", "-c", config});
  REQUIRE(ouro.says(kListening));
  TestClient client(ouro.port(), 4096);
  REQUIRE(client.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE(!client.read_some(1).empty());
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
  CHECK(ouro.error_output().find("closing 1 connections") != std::string::npos);
}

TEST_CASE("a port in use is said, with exit code 1, and not shared in silence") {
  const test::TemporaryDirectory site;
  Process first({kOuro, "serve", site.path(), "--listen", "127.0.0.1:0"});
  REQUIRE(first.says(kListening));
  const std::string address = "127.0.0.1:" + std::to_string(first.port());
  Process second({kOuro, "serve", site.path(), "--listen", address});
  CHECK(second.wait() == server::kExitFailed);
  CHECK(second.error_output().find("cannot listen on " + address + ": Address already in use") !=
        std::string::npos);
}

TEST_CASE("a root that is missing is named with its place, exit code 1") {
  const test::TemporaryDirectory site;
  const std::string config = site.write("ouro.jsonc", config_text("/nowhere/at/all"));
  Process ouro({kOuro, "run", "-c", config});
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("ouro.jsonc:1:") != std::string::npos);
  CHECK(ouro.error_output().find("cannot open root /nowhere/at/all: No such file or directory") !=
        std::string::npos);
}

TEST_CASE("a wrong command line or configuration is exit code 2") {
  const test::TemporaryDirectory site;
  const std::string broken = site.write("broken.jsonc", R"({ "lisen": [":0"] })");
  const std::vector<std::vector<std::string>> commands = {
      {kOuro},
      {kOuro, "fly"},
      {kOuro, "serve", "/nowhere/at/all"},
      {kOuro, "serve", broken},
      {kOuro, "serve", site.path(), "--listen", "localhost:http"},
      {kOuro, "run", "-c", broken},
      {kOuro, "check", "-c", broken},
      {kOuro, "run", "-c", site.path() + "/missing.jsonc"},
  };
  for (const auto& command : commands) {
    CAPTURE(command.back());
    Process ouro(command);
    CHECK(ouro.wait() == server::kExitWrongInput);
    CHECK(!ouro.error_output().empty());
  }
}

TEST_CASE("check says what is wrong with its place, or that all is right") {
  const test::TemporaryDirectory site;
  const std::string good = site.write("good.jsonc", config_text(site.path()));
  Process right({kOuro, "check", "-c", good});
  CHECK(right.wait() == server::kExitDone);
  CHECK(right.output().find("good.jsonc: right") != std::string::npos);

  const std::string bad = site.write("bad.jsonc", "{\n  \"lisen\": [\":0\"]\n}\n");
  Process wrong({kOuro, "check", "-c", bad});
  CHECK(wrong.wait() == server::kExitWrongInput);
  CHECK(wrong.error_output().find("bad.jsonc:2:3: error: unknown key \"lisen\"") !=
        std::string::npos);
  CHECK(wrong.error_output().find("did you mean \"listen\"?") != std::string::npos);
}

TEST_CASE("without permission it says so, exit code 1") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can become somebody else");
    return;
  }
  const test::TemporaryDirectory site;
  const std::string locked = site.path() + "/locked";
  REQUIRE(::mkdir(locked.c_str(), 0700) == 0);
  const std::string config = site.write("ouro.jsonc", config_text(locked));
  Process ouro({copy_for_everybody(site), "run", "-c", config}, become_nobody);
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("cannot open root " + locked + ": Permission denied") !=
        std::string::npos);
}

TEST_CASE("where io_uring is forbidden it serves on epoll and says why") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  for (const std::string error : {"EPERM", "ENOSYS"}) {
    CAPTURE(error);
    Process ouro({OURO_FORBID_IO_URING, "--errno", error, kOuro, "serve", site.path(), "--listen",
                  "127.0.0.1:0"});
    REQUIRE(ouro.says(kListening));
    CHECK(ouro.error_output().find("epoll, because io_uring is not available: ") !=
          std::string::npos);
    CHECK(ouro.error_output().find("seccomp") != std::string::npos);
    const auto answer = test::get(ouro.port(), "/");
    REQUIRE(answer);
    CHECK(answer->body == "hello");
    ouro.signal(SIGTERM);
    CHECK(ouro.wait() == server::kExitDone);
  }
}

TEST_CASE("where memory for a ring may not be locked it serves on epoll and says why") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can become somebody else");
    return;
  }
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  const auto lock_nothing = [] {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0) ::_exit(97);
    become_nobody();
  };
  Process ouro({copy_for_everybody(site), "serve", site.path(), "--listen", "127.0.0.1:0"},
               lock_nothing);
  REQUIRE(ouro.says(kListening));
  const std::string said = ouro.error_output();
  // A kernel that forbids io_uring anyway has that to say first.
  if (test::engines().size() > 1) {
    CHECK(said.find("epoll, because io_uring is not available: RLIMIT_MEMLOCK is too low") !=
          std::string::npos);
  }
  const auto answer = test::get(ouro.port(), "/");
  REQUIRE(answer);
  CHECK(answer->body == "hello");
}

TEST_CASE("an engine that is asked for by name is strict") {
  const test::TemporaryDirectory site;
  const std::string config =
      site.write("ouro.jsonc", config_text(site.path(), R"("engine": "io_uring", )"));
  Process ouro({OURO_FORBID_IO_URING, kOuro, "run", "-c", config});
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("io_uring is not available") != std::string::npos);
}

TEST_CASE("a thousand files, sixteen at a time, arrive as they are, on both engines") {
  const test::TemporaryDirectory site;
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  // Small ones from the cache, others through sendfile, some of exactly the size between.
  constexpr std::size_t kFiles = 200;
  std::vector<std::string> content(kFiles);
  for (std::size_t i = 0; i < kFiles; ++i) {
    const std::size_t size = i == 0   ? 0
                             : i == 1 ? 65536
                             : i == 2 ? 65537
                                      : random() % (i % 8 == 0 ? 2'000'000 : 100'000);
    content[i] = test::varied_bytes(size, static_cast<unsigned>(random()));
    site.write("f" + std::to_string(i), content[i]);
  }
  for (const core::Engine& engine : test::engines()) {
    const std::string name = test::name_of(engine);
    CAPTURE(name);
    const std::string config =
        site.write("ouro.jsonc", config_text(site.path(), "\"engine\": \"" + name + "\", "));
    Process ouro({kOuro, "run", "-c", config});
    REQUIRE(ouro.says(kListening));
    std::atomic<std::size_t> good{0};
    std::vector<std::thread> clients;
    for (std::size_t worker = 0; worker < 16; ++worker) {
      clients.emplace_back([&, worker] {
        TestClient client(ouro.port());
        for (std::size_t i = worker; i < 1000; i += 16) {
          const std::size_t file = i % kFiles;
          client.send("GET /f" + std::to_string(file) + " HTTP/1.1\r\nHost: x\r\n\r\n");
          const auto answer = client.read_answer();
          if (answer && answer->body == content[file]) ++good;
        }
      });
    }
    for (std::thread& client : clients) client.join();
    CHECK(good.load() == 1000);
    ouro.signal(SIGTERM);
    CHECK(ouro.wait() == server::kExitDone);
  }
}

TEST_CASE("a log that is a pipe nobody reads is an error, not a start that hangs") {
  const test::TemporaryDirectory site;
  const std::string pipe = site.path() + "/log";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::string path =
      site.write("ouro.jsonc", R"({ "listen": ["127.0.0.1:0"], "admin": { "address": null },
          "log": { "access": ")" + pipe +
                                   R"(" }, "sites": [ { "routes": [ { "respond": {} } ] } ] })");
  Process ouro({kOuro, "run", "-c", path});
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("cannot open " + pipe) != std::string::npos);
}
