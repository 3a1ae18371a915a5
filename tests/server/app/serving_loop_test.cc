// Goal: a loop that was told to end does so only when everything it had out has come back, and its
// phases have been timed meanwhile. Method: through a live server with one loop.

#include "server/app/serving_loop.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "core/probe/loop_watch.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

TEST_CASE("a loop ends after its drain although files are still open in its cache") {
  const test::TemporaryDirectory site;
  site.write("large.bin", std::string(200'000, 'l'));
  test::on_live_servers(site.path(), {}, [](test::LiveServer& server) {
    const auto answer = test::get(server.port(), "/large.bin");
    REQUIRE(answer);
    CHECK(answer->body.size() == 200'000);
    server.server().drain();
    CHECK(server.server().wait_finished(std::chrono::seconds(10)));
  });
}

TEST_CASE("a loop that has ended is not held, although another is still drained") {
  const test::TemporaryDirectory site;
  site.write("large.bin", std::string(std::size_t{20} << 20, 'l'));  // more than the kernel buffers
  test::LiveOptions options;
  options.loops = 2;
  test::on_live_servers(site.path(), options, [](test::LiveServer& live) {
    const server::Server& server = live.server();
    core::LoopWatch watch({&server.loop(0).statistics(), &server.loop(1).statistics()}, {});
    test::TestClient slow(live.port(), 4096);
    REQUIRE(slow.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"));
    REQUIRE(slow.read_some(1) == "H");
    live.server().drain();
    // One has ended, the other waits for who downloads.
    CHECK(test::LiveServer::eventually([&] {
      return watch.longest_held(core::Clock::now() + std::chrono::hours(1)).count() == 0;
    }));
    CHECK_FALSE(live.server().wait_finished(core::Duration::zero()));
    live.server().abort();
    CHECK(live.server().wait_finished(std::chrono::seconds(10)));
    CHECK(watch.look(core::Clock::now() + std::chrono::hours(1)).empty());
  });
}

TEST_CASE("turns and every phase are timed") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  test::LiveServer server(site.path(), {});
  REQUIRE(test::get(server.port(), "/"));
  const server::ServingLoop& loop = server.server().loop(0);
  const core::LoopStatistics& statistics = loop.statistics();
  CHECK(statistics.turns.value() > 0);
  CHECK(statistics.completions.value() > 0);
  for (const auto& nanoseconds : statistics.phase_nanoseconds) CHECK(nanoseconds.value() > 0);
  CHECK(loop.probe().longest() > core::Duration::zero());
}

TEST_CASE("in proof mode every turn is known exactly, else some are") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  test::LiveOptions options;
  options.proof = true;
  test::on_live_servers(site.path(), options, [](test::LiveServer& server) {
    for (int i = 0; i < 20; ++i) REQUIRE(test::get(server.port(), "/"));
    const core::LoopProbe& probe = server.server().loop(0).probe();
    CHECK(test::LiveServer::eventually([&] {
      return probe.sampled_turns() >= 20 && probe.sampled_turns() == probe.turns().count();
    }));
  });
}
