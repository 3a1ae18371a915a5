// What the files lane is counted by; the others are in provoked_handshakes.cc and
// provoked_passwords.cc.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace test {
namespace {

// Files that are missing have to be looked for, each by a job: of one connection one at a time.
class Seekers {
 public:
  explicit Seekers(const ProvokedServer& server) {
    for (int i = 0; i < kCount; ++i) clients_.emplace_back(server.port());
  }
  void seek() {
    for (const TestClient& client : clients_) {
      std::string requests;
      for (int i = 0; i < kEach; ++i) {
        requests += "GET /missing" + std::to_string(++number_) + " HTTP/1.1\r\nHost: x\r\n\r\n";
      }
      REQUIRE(client.send(requests));
    }
  }
  void read_answers() {
    for (TestClient& client : clients_) {
      for (int i = 0; i < kEach; ++i) REQUIRE(client.read_answer());
    }
  }

 private:
  static constexpr int kCount = 64;
  static constexpr int kEach = 20;
  std::vector<TestClient> clients_;
  int number_ = 0;
};

ProvokedServer files_server(const core::Engine& engine, std::size_t queue) {
  LiveOptions options;
  options.engine = engine;
  config::Config config;
  config.lanes.files = {1, queue};
  return ProvokedServer(options, std::move(config));
}

Samples fill_the_queue(const core::Engine& engine) {
  const ProvokedServer server = files_server(engine, 1);
  Seekers seekers(server);
  return server.until_moved(
      {R"(ouro_lane_refused_total{lane="files"})", R"(ouro_lane_finished_total{lane="files"})",
       R"(ouro_lane_threads{lane="files"})", R"(ouro_lane_drain_rate{lane="files"})",
       R"(ouro_lane_wait_seconds_count{lane="files"})",
       R"(ouro_lane_run_seconds_count{lane="files"})"},
      [&] {
        seekers.seek();
        seekers.read_answers();
      });
}

Samples wait_in_the_queue(const core::Engine& engine) {
  const ProvokedServer server = files_server(engine, 1000);
  Seekers seekers(server);
  Samples samples =
      server.until_moved({R"(ouro_lane_queued{lane="files"})"}, [&] { seekers.seek(); });
  CHECK(samples.at(R"(ouro_lane_refused_total{lane="files"})") == 0);
  return samples;
}

}  // namespace

std::vector<Provocation> provoked_lanes() {
  return {{"more cold files than the queue takes", fill_the_queue},
          {"cold files that wait", wait_in_the_queue}};
}

}  // namespace test
