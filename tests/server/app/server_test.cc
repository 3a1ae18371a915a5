// Goal: a server on listeners from outside serves on all its loops and goes away without a trace.
// Method: started, used and stopped in this process, again and again.

#include "server/app/server.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "tests/server/app/cgroup_files.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/net/tls_client.h"

TEST_CASE("every loop takes connections, and together they count") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  test::LiveOptions options;
  options.loops = 3;
  test::on_live_servers(site.path(), options, [](test::LiveServer& server) {
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
  });
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

namespace {

// A TLS listener and a plain one, and a CPU quota that the test sets.
class QuotaServer {
 public:
  QuotaServer(const core::Engine& engine, const std::string& cpu_max) {
    files.set_v2("", cpu_max);
    files.write("www/index.html", "hello");
    config::Config config;
    config.listen.resize(2);
    config.listen[0].tls = config::ListenTls::kSelfSigned;
    config.sites.push_back(test::folder_site(files.root() + "/www"));
    test::LiveOptions options;
    options.engine = engine;
    options.cpu_quota_root = files.root();
    live.emplace(std::move(config), options);
  }

  // Its first message is sent.
  [[nodiscard]] test::TlsClient begin_handshake() const {
    test::TlsClient client(live->port());
    client.begin();
    return client;
  }

  const test::CgroupFiles files;
  std::optional<test::LiveServer> live;
};

// Within so many milliseconds something comes.
bool is_answered(test::TlsClient& client, int limit) {
  pollfd answered{client.socket().fd(), POLLIN, 0};
  return ::poll(&answered, 1, limit) == 1;
}

constexpr int kAnswerLimit = 20'000;
const std::string kTiny = "1 1000000";  // one step has to be paid for some minutes

}  // namespace

TEST_CASE("under a CPU quota a handshake waits for its share, a plain request and the end do not") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const QuotaServer server(engine, kTiny);
    auto first = server.begin_handshake();
    CHECK(is_answered(first, kAnswerLimit));
    auto second = server.begin_handshake();
    for (int i = 0; i < 10; ++i) {
      const auto answer = test::get(server.live->port(1), "/");
      REQUIRE(answer);
      CHECK(answer->body == "hello");
    }
    CHECK_FALSE(is_answered(second, 500));  // without a quota it takes two
    // ~LiveServer() sees that the server ends in time, although a job is out.
  }
}

TEST_CASE("handshakes that wait for their share go on when the quota rises or is taken away") {
  for (const std::string after : {"10000000 100000", "max 100000"}) {
    CAPTURE(after);
    for (const core::Engine& engine : test::engines()) {
      const std::string engine_name = test::name_of(engine);
      CAPTURE(engine_name);
      const QuotaServer server(engine, kTiny);
      auto first = server.begin_handshake();
      CHECK(is_answered(first, kAnswerLimit));
      auto second = server.begin_handshake();
      CHECK_FALSE(is_answered(second, 100));
      server.files.set_v2("", after);
      CHECK(is_answered(second, kAnswerLimit));
    }
  }
}

TEST_CASE("a quota that comes while the server runs is kept from then on") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const QuotaServer server(engine, "max 100000");
    server.files.set_v2("", kTiny);
    // Those before it is seen are answered.
    CHECK(test::LiveServer::eventually([&server] {
      auto client = server.begin_handshake();
      return !is_answered(client, 500);
    }));
    const auto answer = test::get(server.live->port(1), "/");
    REQUIRE(answer);
    CHECK(answer->body == "hello");
  }
}
