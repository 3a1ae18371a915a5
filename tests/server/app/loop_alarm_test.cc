// Goal: while a handler holds a loop, the error log says which loop and which route, and the admin
// answers and is red; afterwards it is green again. Method: a live server with a handler of the
// test's that holds its loop until the test has seen it all.

#include "server/app/loop_alarm.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include "core/base/unique_fd.h"
#include "tests/server/app/holding_route.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using namespace std::chrono_literals;
using core::Phase;

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

int health(const test::LiveServer& server) {
  const auto answer = test::get(server.admin_port(), "/healthz");
  return answer ? answer->status : 0;
}

}  // namespace

TEST_CASE("the line says which loop, for how long, in which phase and by whom") {
  CHECK(server::describe({0, 312ms, Phase::kCheck, "", 0}) ==
        "loop 0 is held for 312 ms in its check phase");
  CHECK(server::describe({3, 2s, Phase::kInbox, "app.test /** files /srv", 0}) ==
        "loop 3 is held for 2000 ms in its inbox phase, by app.test /** files /srv");
  CHECK(server::describe({1, 250ms, Phase::kTimers, "", 7}) ==
        "loop 1 is held for 250 ms in its timers phase (7 such turns before were not told of)");
}

TEST_CASE("a held loop is named while it is held, and the admin answers meanwhile") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const test::TemporaryDirectory site;
    const std::string log = site.write("error.log", "");
    const core::UniqueFd log_fd(::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    std::atomic<bool> let_go{false};
    test::LiveOptions options;
    options.engine = engine;
    options.admin = true;
    options.error_log_fd = log_fd.get();
    options.add_sites = [&let_go](server::Router& router, core::EventLoop&) {
      test::add_holding_route(router, let_go);
    };
    test::LiveServer live(site.path(), options);
    CHECK(health(live) == 200);
    test::TestClient client(live.port());
    REQUIRE(client.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(test::LiveServer::eventually([&] {
      return content_of(log).find(" phase, by any host /hold test") != std::string::npos;
    }));
    CHECK(content_of(log).find("loop 0 is held for ") != std::string::npos);
    CHECK(test::LiveServer::eventually([&] { return health(live) == 503; }));
    const auto metrics = test::get(live.admin_port(), "/metrics");
    REQUIRE(metrics);
    CHECK(metrics->status == 200);
    let_go.store(true);
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(test::LiveServer::eventually([&] { return health(live) == 200; }));
    const core::LoopProbe& probe = live.server().loop(0).probe();
    CHECK(test::LiveServer::eventually([&] { return probe.longest() >= 2s; }));
    CHECK(probe.long_turns(core::Cause::kBlocked) == 0);
  }
}

TEST_CASE("who asks for it is told where a held loop's thread is") {
  const test::TemporaryDirectory site;
  const std::string log = site.write("error.log", "");
  const core::UniqueFd log_fd(::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  std::atomic<bool> let_go{false};
  test::LiveOptions options;
  options.engine = core::Engine{false, ""};
  options.error_log_fd = log_fd.get();
  options.stacks = true;
  options.add_sites = [&let_go](server::Router& router, core::EventLoop&) {
    test::add_holding_route(router, let_go);
  };
  test::LiveServer live(site.path(), options);
  test::TestClient client(live.port());
  REQUIRE(client.send("GET /hold HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(test::LiveServer::eventually([&] {
    const std::string said = content_of(log);
    const std::size_t line = said.find("by any host /hold test\n  ");
    // A frame a line: the program's own are among them.
    return line != std::string::npos && said.find("test_server_app(", line) != std::string::npos;
  }));
  let_go.store(true);
  CHECK(client.read_answer().has_value());
}
