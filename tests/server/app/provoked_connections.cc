// What connections and their requests are counted by: those that come, those that are refused, and
// those that have to wait.
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/unique_fd.h"
#include "tests/core/base/few_descriptors.h"
#include "tests/server/app/cgroup_files.h"
#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace test {
namespace {

std::string refused(const std::string& reason) {
  return "ouro_connections_refused_total{reason=\"" + reason + "\"}";
}

LiveOptions options_for(const core::Engine& engine) {
  LiveOptions options;
  options.engine = engine;
  return options;
}

// As much as the kernel takes at once.
void send_some(const TestClient& client, std::string_view& bytes) {
  const ssize_t size = ::send(client.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
}

Samples ask(const core::Engine& engine) {
  const ProvokedServer server(options_for(engine));
  TestClient client(server.port());
  REQUIRE(client.send(kGetSmall));
  REQUIRE(client.read_answer());
  return server.until_moved(
      {"ouro_connections", "ouro_start_time_seconds",
       R"(ouro_connections_accepted_total{loop="0"})", R"(ouro_requests_total{loop="0"})",
       R"(ouro_loop_turns_total{loop="0"})", R"(ouro_loop_turn_seconds_count{loop="0"})",
       R"(ouro_loop_sampled_turns_total{loop="0"})", R"(ouro_loop_longest_turn_seconds{loop="0"})",
       R"(ouro_http_response_bytes_total{site="any host",route="/**"})",
       R"(ouro_http_request_seconds_count{site="any host",route="/**"})"});
}

// Each class of answers that there is, and several methods.
Samples ask_for_everything(const core::Engine& engine) {
  config::Config config;
  config::Route broken;
  broken.path = {"/broken"};
  broken.action = config::Respond{503, "", ""};
  config.sites.push_back({{"broken.test"}, {broken}});
  const ProvokedServer server(options_for(engine), std::move(config));
  TestClient client(server.port());
  const auto ask_for = [&](const std::string& line, const std::string& fields) {
    REQUIRE(client.send(line + " HTTP/1.1\r\n" + fields + "\r\n"));
    const auto answer = client.read_answer(line.starts_with("HEAD") || !fields.ends_with("x\r\n"));
    REQUIRE(answer);
    return *answer;
  };
  const std::string tag = ask_for("GET /small", "Host: x\r\n").fields.at("etag");
  CHECK(ask_for("GET /small", "Host: x\r\nIf-None-Match: " + tag + "\r\n").status == 304);
  CHECK(ask_for("HEAD /missing", "Host: x\r\n").status == 404);
  CHECK(ask_for("POST /small", "Content-Length: 0\r\nHost: x\r\n").status == 405);
  CHECK(ask_for("GET http://broken.test/broken", "Host: broken.test\r\nX: x\r\n").status == 503);
  const std::string of_files = R"(ouro_http_requests_total{site="any host",route="/**",)";
  const std::string of_broken = R"(ouro_http_requests_total{site="broken.test",route="/broken",)";
  return server.until_moved(
      {of_files + R"(method="GET",status="2xx"})", of_files + R"(method="GET",status="3xx"})",
       of_files + R"(method="HEAD",status="4xx"})", of_files + R"(method="POST",status="4xx"})",
       of_broken + R"(method="GET",status="5xx"})"});
}

Samples have_a_quota(const core::Engine& engine) {
  const CgroupFiles files;
  files.set_v2("", "150000 100000");
  LiveOptions options = options_for(engine);
  options.cpu_quota_root = files.root();
  const ProvokedServer server(options);
  Samples samples = server.until_moved({"ouro_cpu_quota"});
  CHECK(samples.at("ouro_cpu_quota") == 1.5);
  return samples;
}

Samples leave_early(const core::Engine& engine) {
  const ProvokedServer server(options_for(engine));
  {
    TestClient client(server.port(), 4096);
    REQUIRE(client.send(kGetLarge));
    REQUIRE(!client.read_some(1).empty());
  }
  return server.until_moved({R"(ouro_requests_aborted_total{loop="0"})"});
}

// The second connection is refused for this reason, and for none of the other.
Samples come_as_the_second(const LiveOptions& options, const std::string& reason,
                           const std::string& other) {
  const ProvokedServer server(options);
  TestClient client(server.port());
  REQUIRE(client.send(kGetSmall));
  REQUIRE(client.read_answer());
  CHECK(get(server.port(), "/small")->status == 503);
  Samples samples = server.until_moved({refused(reason)});
  CHECK(samples.at(refused(other)) == 0);
  return samples;
}

Samples come_when_it_is_full(const core::Engine& engine) {
  LiveOptions options = options_for(engine);
  options.connections_max = 1;
  return come_as_the_second(options, "connections", "connections_per_address");
}

Samples come_too_often(const core::Engine& engine) {
  LiveOptions options = options_for(engine);
  options.limits.connections_per_address = 1;
  return come_as_the_second(options, "connections_per_address", "connections");
}

Samples bypass_the_balancer(const core::Engine& engine) {
  LiveOptions options = options_for(engine);
  options.policy.proxy_protocol.blocks = {
      {*core::parse_ip_address("127.0.0.8"), core::AddressBlock::kBitsMax}};
  const ProvokedServer server(options);
  CHECK(!get(server.port(), "/small"));
  return server.until_moved({refused("proxy_protocol")});
}

Samples come_without_descriptors(const core::Engine& engine) {
  const FewDescriptors limit;
  const ProvokedServer server(options_for(engine));
  const TestClient waiting(server.port());
  {
    const std::vector<core::UniqueFd> all = take_all_descriptors();
    REQUIRE(waiting.send(kGetSmall));
    // Who scrapes needs a descriptor, too.
    REQUIRE(
        LiveServer::eventually([&] { return server.live().counters().accept_pauses.value() > 0; }));
  }
  return server.until_moved({R"(ouro_accept_pauses_total{loop="0"})"});
}

Samples send_far_ahead(const core::Engine& engine) {
  const ProvokedServer server(options_for(engine));
  TestClient client(server.port(), 4096);
  REQUIRE(client.send(kGetSmall));
  REQUIRE(client.read_answer());
  std::string requests;
  for (int i = 0; i < 10'000; ++i) requests += kGetSmall;
  std::string_view unsent;
  return server.until_moved({R"(ouro_pipeline_pauses_total{loop="0"})"}, [&] {
    if (unsent.empty()) unsent = requests;
    send_some(client, unsent);
  });
}

// Heads that are not complete: as large as they may be, and a few more than there is memory for.
Samples fill_the_memory(const core::Engine& engine) {
  constexpr std::size_t kHeadBytes = std::size_t{1} << 20U;
  constexpr std::size_t kCount = server::BufferMemory::kBytesMax / kHeadBytes + 8;
  LiveOptions options = options_for(engine);
  options.limits.header_size = kHeadBytes;
  options.limits.header_timeout = std::chrono::minutes(5);
  const ProvokedServer server(options);
  const std::string head = "GET / HTTP/1.1\r\nX: " + std::string(kHeadBytes - 1000, 'x');
  std::vector<std::pair<TestClient, std::string_view>> clients;
  for (std::size_t i = 0; i < kCount; ++i) clients.emplace_back(TestClient(server.port()), head);
  return server.until_moved({R"(ouro_memory_pauses_total{loop="0"})"}, [&] {
    constexpr int kRounds = 100;
    for (int i = 0; i < kRounds; ++i) {
      for (auto& [client, unsent] : clients) send_some(client, unsent);
    }
  });
}

}  // namespace

std::vector<Provocation> provoked_connections() {
  return {{"a request", ask},
          {"requests of several methods, and answers of all classes", ask_for_everything},
          {"a CPU quota", have_a_quota},
          {"a client that leaves early", leave_early},
          {"one connection too many", come_when_it_is_full},
          {"one connection of an address too many", come_too_often},
          {"who should have come from the balancer", bypass_the_balancer},
          {"a connection that finds no descriptor", come_without_descriptors},
          {"a client that sends far ahead", send_far_ahead},
          {"clients that fill the memory", fill_the_memory}};
}

}  // namespace test
