// Goal: a server on listeners from outside serves on all its loops and goes away without a trace.
// Method: started, used and stopped in this process, again and again.

#include "server/app/server.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/net/tls_client.h"

TEST_CASE("every loop takes connections, and together they count") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    test::LiveOptions options;
    options.engine = engine;
    options.loops = 3;
    test::LiveServer server(site.path(), options);
    constexpr int kConnections = 200;  // the kernel deals them out by hash: no loop stays without
    for (int i = 0; i < kConnections; ++i) {
      const auto answer = test::get(server.port(), "/");
      REQUIRE(answer);
      CHECK(answer->body == "hello");
    }
    std::uint64_t accepted = 0;
    for (std::size_t loop = 0; loop < 3; ++loop) {
      CHECK(server.server().loop(loop).counters().connections_accepted.value() > 0);
      accepted += server.server().loop(loop).counters().connections_accepted.value();
    }
    CHECK(accepted == kConnections);
  }
}

TEST_CASE("starting and stopping leaves no descriptor behind") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  const auto descriptors = [] {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      static_cast<void>(entry);
      ++count;
    }
    return count;
  };
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const std::size_t before = descriptors();
    for (int i = 0; i < 5; ++i) {
      test::LiveOptions options;
      options.engine = engine;
      options.admin = true;
      test::LiveServer server(site.path(), options);
      REQUIRE(test::get(server.port(), "/"));
      REQUIRE(test::get(server.admin_port(), "/readyz"));
    }
    CHECK(descriptors() == before);
  }
}

TEST_CASE("under a CPU quota a handshake waits for its share, a plain request and the end do not") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    config::Config config;
    config.listen.resize(2);
    config.listen[0].tls = config::ListenTls::kSelfSigned;
    config::Route route;
    config::Files files;
    files.root = site.path();
    route.action = files;
    config.sites.push_back({{}, {route}});
    test::LiveOptions options;
    options.engine = engine;
    options.cpu_quota = 1e-6;  // the first step has to be paid for some minutes
    test::LiveServer server(std::move(config), options);
    test::TlsClient first(server.port());
    first.begin();
    CHECK_FALSE(first.socket().read_some(1).empty());
    test::TlsClient second(server.port());
    second.begin();
    for (int i = 0; i < 10; ++i) {
      const auto answer = test::get(server.port(1), "/");
      REQUIRE(answer);
      CHECK(answer->body == "hello");
    }
    pollfd answered{second.socket().fd(), POLLIN, 0};
    CHECK(::poll(&answered, 1, 500) == 0);  // ms; without a quota it takes two
    // ~LiveServer() sees that the server ends in time, although a job is out.
  }
}
