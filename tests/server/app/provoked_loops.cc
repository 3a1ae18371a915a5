// What a loop's long turns are counted by: a handler of the test's does what no handler may.
#include <doctest/doctest.h>
#include <sched.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/core/probe/probed_loop.h"
#include "tests/core/probe/taken_processor.h"
#include "tests/server/app/provocation.h"
#include "tests/server/app/test_client.h"

namespace test {
namespace {

using namespace std::chrono_literals;

class Doing final : public server::Handler {
 public:
  explicit Doing(std::function<void()> work) : work_(std::move(work)) {}
  void start(server::Exchange& exchange) override {
    work_();
    server::respond_with_status(exchange, 200);
  }

 private:
  const std::function<void()> work_;
};

struct Work {
  std::string path;
  std::function<void()> work;
};

std::unique_ptr<ProvokedServer> server_that_does(const core::Engine& engine,
                                                 std::vector<Work> works) {
  LiveOptions options;
  options.engine = engine;
  options.add_sites = [works = std::move(works)](server::Router& router,
                                                 core::EventLoop& /*loop*/) {
    std::vector<server::Router::Route> routes;
    for (const Work& one : works) {
      server::Router::Route& route = routes.emplace_back();
      route.patterns.emplace_back(one.path);
      route.action = std::make_unique<Doing>(one.work);
      route.record.name = "any host " + one.path + " test";
    }
    router.add_site({}, std::move(routes));
  };
  return std::make_unique<ProvokedServer>(options);
}

void ask_for(TestClient& client, const std::string& path) {
  REQUIRE(client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto answer = client.read_answer();
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
}

std::string long_turns(const std::string& cause) {
  return R"(ouro_loop_long_turns_total{loop="0",cause=")" + cause + "\"}";
}
const std::string kSwitches = R"(ouro_loop_blocking_switches_total{loop="0"})";

// A turn is busy only where nobody takes the processor from it. So it is a real-time one, as far
// as that is allowed, and may try again.
void compute_undisturbed() {
  const sched_param lowest{.sched_priority = 1};
  const sched_param none{};
  static_cast<void>(::sched_setscheduler(0, SCHED_FIFO, &lowest));  // 0: this thread
  spin_for(11ms);
  static_cast<void>(::sched_setscheduler(0, SCHED_OTHER, &none));
}

Samples compute(const core::Engine& engine) {
  const auto server = server_that_does(engine, {{"/compute", compute_undisturbed}});
  TestClient client(server->port());
  Samples samples = server->until_moved({long_turns("busy")}, [&] { ask_for(client, "/compute"); });
  CHECK(samples.at(long_turns("blocked")) == 0);
  CHECK(samples.at(kSwitches) == 0);
  return samples;
}

// A connection that is kept: its request wakes a loop that has rested, and of such turns each is
// sampled.
Samples wait_in_a_turn(const core::Engine& engine) {
  const auto server = server_that_does(engine, {{"/wait", [] { do_nothing_for(30ms); }}});
  TestClient client(server->port());
  Samples samples =
      server->until_moved({long_turns("blocked"), kSwitches}, [&] { ask_for(client, "/wait"); });
  CHECK(samples.at(long_turns("busy")) == 0);
  return samples;
}

// Another thread takes the loop's processor before the turn in question, and leaves it after.
Samples lose_the_processor(const core::Engine& engine) {
  std::unique_ptr<TakenProcessor> taken;
  const auto server =
      server_that_does(engine, {{"/take", [&] { taken = std::make_unique<TakenProcessor>(); }},
                                {"/compute", [] { compute_for(10ms); }},
                                {"/leave", [&] { taken.reset(); }}});
  TestClient client(server->port());
  ask_for(client, "/take");
  ask_for(client, "/compute");
  ask_for(client, "/leave");
  return server->until_moved({long_turns("descheduled")});
}

}  // namespace

std::vector<Provocation> provoked_loops() {
  return {{"a turn that computes", compute},
          {"a turn that waits", wait_in_a_turn},
          {"a turn whose processor others take", lose_the_processor}};
}

}  // namespace test
