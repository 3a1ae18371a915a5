// Goal: thousands of clients who begin a handshake and leave it there are all gone at its deadline
// and leave nothing behind; requests in the clear go on meanwhile, and everything does afterwards.
// Method: a real server on each engine; as many clients as the descriptors of this process allow,
// from twenty addresses of this machine, half of them with a whole ClientHello, half with a half
// one; beside them a thread that asks without pause.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/descriptor_limit.h"
#include "tests/core/tls/filter_pair.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/net/tls_client.h"

namespace {

using test::LiveServer;
using test::TestClient;
using test::TlsClient;

constexpr std::string_view kGet = "GET /small HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::size_t kAddresses = 20;
// A sanitizer makes everything ten times as expensive.
#ifdef OURO_SANITIZE
constexpr std::size_t kClientsMax = 2'000;
#else
constexpr std::size_t kClientsMax = 10'000;
#endif

// Each client is two descriptors here: both ends.
std::size_t clients_that_fit() {
  const std::size_t limit = core::raise_descriptor_limit();
  REQUIRE(limit > 1000);
  return std::min(kClientsMax, (limit - 500) / 2);
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       std::filesystem::directory_iterator());
}

// The first port speaks TLS, the second does not.
config::Config config_of(const std::string& root) {
  config::Config config;
  config.listen.resize(2);
  config.listen[0].tls = config::ListenTls::kSelfSigned;
  config.sites.push_back(test::folder_site(root));
  config.limits.header_timeout = std::chrono::seconds(1);
  config.lanes.tls = {1, 2 * kClientsMax};  // it refuses nobody
  return config;
}

// Asks again and again on one connection until it is told to stop.
class Asker {
 public:
  explicit Asker(std::uint16_t port) : thread_([this, port] { ask(port); }) {}
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;
  ~Asker() { stop(); }
  void stop() {
    stopping_.store(true);
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint64_t answers() const { return answers_.load(); }
  [[nodiscard]] bool failed() const { return failed_.load(); }

 private:
  void ask(std::uint16_t port) {
    TestClient client(port);
    while (!stopping_.load() && !failed_.load()) {
      client.send(kGet);
      const auto answer = client.read_answer();
      failed_.store(!answer || answer->status != 200 || answer->body != "hello\n");
      answers_.fetch_add(1);
    }
  }

  std::atomic<bool> stopping_{false};
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> answers_{0};
  std::thread thread_;  // last: uses the others
};

void check_serves(LiveServer& server) {
  const auto plain = test::get(server.port(1), "/small");
  REQUIRE(plain);
  CHECK(plain->status == 200);
  TlsClient client(server.port());
  REQUIRE(client.shake_hands());
  client.send(kGet);
  CHECK(client.read(1).ends_with("hello\n"));
}

std::vector<TestClient> burst(LiveServer& server, std::size_t size, const std::string& hello) {
  std::vector<TestClient> clients;
  clients.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const std::string source = "127.0.0." + std::to_string(1 + i % kAddresses);
    clients.emplace_back(server.port(), 0, source.c_str());
    const bool whole = (i / kAddresses) % 2 == 0;
    clients.back().send(std::string_view(hello).substr(0, hello.size() / (whole ? 1 : 2)));
  }
  return clients;
}

}  // namespace

TEST_CASE("a burst of handshakes that nobody finishes holds up no request and leaves nothing") {
  const test::TemporaryDirectory directory;
  directory.write("small", "hello\n");
  const std::string hello = test::client_hello();
  const std::size_t size = clients_that_fit();
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    LiveServer server(config_of(directory.path()),
                      {.engine = engine, .connections_max = size + 100});
    check_serves(server);
    REQUIRE(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    const std::ptrdiff_t descriptors = open_descriptors();
    const std::uint64_t accepted = server.counters().connections_accepted.value();
    {
      Asker asker(server.port(1));
      std::vector<TestClient> clients = burst(server, size, hello);
      for (TestClient& client : clients) static_cast<void>(client.read_to_end());
      const std::uint64_t answers = asker.answers();
      CHECK(LiveServer::eventually([&] { return asker.failed() || asker.answers() > answers; }));
      asker.stop();
      CHECK_FALSE(asker.failed());
    }
    CHECK(LiveServer::eventually([&] { return server.server().connections() == 0; }));
    CHECK(LiveServer::eventually([&] { return open_descriptors() == descriptors; }));
    const server::Counters& counters = server.counters();
    CHECK(counters.connections_accepted.value() == accepted + size + 1);
    CHECK(counters.deadlines_passed.value() == size);
    CHECK(counters.tls_refused.value() == 0);
    CHECK(counters.tls_refused_address.value() == 0);
    CHECK(counters.connections_refused.value() == 0);
    CHECK(counters.accept_pauses.value() == 0);
    CHECK(counters.tls_handshakes.value() == 1);
    check_serves(server);
  }
}
