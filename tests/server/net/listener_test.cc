// Goal: running out of descriptors stops nobody who is connected, does not spin, and is over as
// soon as there are descriptors again; a burst is taken a few at a time, and nobody of it is lost,
// whatever happens meanwhile. Method: a real server in this process, whose own descriptor limit is
// lowered for a while; a loop that the test turns, with more clients than a turn takes. Both
// engines.

#include "server/net/listener.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/core/base/few_descriptors.h"
#include "tests/core/base/pipe.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/net/turned_loop.h"

namespace {

using test::LiveServer;
using test::LoopClient;
using test::on_turned_loops;
using test::TestClient;
using test::TurnedLoop;

constexpr std::string_view kGet = "GET /small.txt HTTP/1.1\r\nHost: x\r\n\r\n";

// Connected, the request sent, and all of it in the kernel's queue.
std::vector<LoopClient> burst(TurnedLoop& loop, std::size_t size) {
  std::vector<LoopClient> clients;
  for (std::size_t i = 0; i < size; ++i) {
    clients.push_back(loop.connect());
    clients.back().send(test::get_request("/a"));
  }
  return clients;
}

}  // namespace

TEST_CASE("accepting pauses without descriptors, and goes on when there are some") {
  const test::TemporaryDirectory directory;
  directory.write("small.txt", "small");
  const test::FewDescriptors limit;
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    test::LiveOptions options;
    options.engine = engine;
    const test::Pipe errors;
    options.error_log_fd = errors.writing.get();
    LiveServer server(directory.path(), options);
    TestClient connected(server.port());
    REQUIRE(connected.send(kGet));
    REQUIRE(connected.read_answer());

    TestClient waiting(server.port());
    std::uint64_t turns_at_pause = 0;
    {
      const std::vector<core::UniqueFd> all = test::take_all_descriptors();
      REQUIRE(waiting.send(kGet));
      REQUIRE(LiveServer::eventually([&] { return server.counters().accept_pauses.value() >= 2; }));
      turns_at_pause = server.server().loop(0).statistics().turns.value();
      // The one who is connected is served meanwhile, from the cache or with 503, but not hung up
      // on.
      REQUIRE(connected.send(kGet));
      REQUIRE(connected.read_answer());
      const std::uint64_t pauses = server.counters().accept_pauses.value();
      REQUIRE(LiveServer::eventually(
          [&] { return server.counters().accept_pauses.value() >= pauses + 2; }));
    }
    // A pause of 100 ms and a handful of turns for each; spinning would be many thousands.
    CHECK(server.server().loop(0).statistics().turns.value() - turns_at_pause < 200);
    // Several pauses, and the operator was told once.
    const std::string said = errors.read_some();
    REQUIRE_FALSE(said.empty());
    CHECK(said.find("accepting pauses: Too many open files") != std::string::npos);
    CHECK(said.find('\n') == said.size() - 1);
    const auto answer = waiting.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 200);
  }
}

TEST_CASE("a burst is taken a few at a time, and everybody gets an answer") {
  on_turned_loops([](TurnedLoop& loop) {
    std::vector<LoopClient> clients = burst(loop, 3 * core::Backend::kAcceptsPerWait);
    loop.listen();
    std::uint64_t accepted = 0;
    CHECK(loop.turn_until([&] {
      const std::uint64_t before =
          std::exchange(accepted, loop.counters.connections_accepted.value());
      REQUIRE(accepted - before <= core::Backend::kAcceptsPerWait);
      return accepted == clients.size();
    }));
    for (LoopClient& client : clients) CHECK(loop.turn_until_received(client, "/a"));
    CHECK(loop.counters.accept_pauses.value() == 0);
  });
}

TEST_CASE("whoever has been accepted when the listener stops is answered") {
  on_turned_loops([](TurnedLoop& loop) {
    std::vector<LoopClient> clients = burst(loop, 3 * core::Backend::kAcceptsPerWait);
    server::Listener& listener = loop.listen();
    REQUIRE(loop.turn_until([&] { return loop.counters.connections_accepted.value() > 0; }));
    listener.stop();
    loop.connections().drain();
    CHECK(loop.turn_until([&] { return listener.stopped() && loop.connections().empty(); }));
    std::size_t answered = 0;
    for (LoopClient& client : clients) {
      CHECK(loop.turn_until_ended(client));
      answered += client.received().ends_with("/a") ? 1 : 0;
    }
    CHECK(answered == loop.counters.connections_accepted.value());
    CHECK(answered < clients.size());
  });
}

// A connection that the kernel had accepted when its loop was told to abort lived on until its
// client or a deadline ended it.
TEST_CASE("a connection that comes after aborting is closed at once") {
  on_turned_loops([](TurnedLoop& loop) {
    loop.connections().abort();
    LoopClient late = loop.connect_and_accept();
    late.send("GET / HT");
    CHECK(loop.turn_until_ended(late));
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    CHECK(late.received().empty());
  });
}
