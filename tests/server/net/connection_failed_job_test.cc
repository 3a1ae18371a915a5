// Goal: a job that fails ends its own connection, which is told nothing that might be wrong, and
// nobody else's. Method: a loop that the test turns, whose jobs fail before or after their work
// (failing_workers.h); both engines.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/core/tls/filter_pair.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/net/turned_loop.h"

namespace {

using test::FailingWorkers;
using test::LoopClient;
using test::TurnedLoop;
using Failure = FailingWorkers::Failure;

void on_each_engine(const std::function<void(TurnedLoop&, Failure)>& check) {
  for (const core::Engine& engine : test::engines()) {
    for (const Failure failure : {Failure::kBeforeRun, Failure::kAfterRun}) {
      const std::string engine_name = test::name_of(engine);
      CAPTURE(engine_name);
      CAPTURE(static_cast<int>(failure));
      TurnedLoop loop(engine);
      check(loop, failure);
    }
  }
}

}  // namespace

TEST_CASE("a slice of a file that fails cuts its answer off") {
  const test::TemporaryDirectory directory;
  const std::string text(3'000'000, 'x');
  const std::string path = directory.write("large", text);
  on_each_engine([&](TurnedLoop& loop, Failure failure) {
    auto file = std::make_shared<core::OpenFile>();
    file->fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(file->fd.valid());
    file->queue = std::make_shared<core::JobQueue>();
    loop.handler.respond = [&](server::Exchange& exchange) {
      exchange.response.status = 200;
      exchange.response.body = server::FileBody{file, 0, text.size()};
      exchange.respond();
    };
    loop.fail_jobs(failure);
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/large"));
    CHECK(loop.turn_until_ended(client));
    CHECK(client.received().size() < text.size());
    loop.fail_jobs(Failure::kNone);
    LoopClient other = loop.connect_and_accept();
    other.send(test::get_request("/large"));
    CHECK(loop.turn_until_received(other, text));
  });
}

TEST_CASE("a step of a handshake that fails closes its connection without a word") {
  const auto context = test::plain_server();
  const std::string hello = test::client_hello();
  on_each_engine([&](TurnedLoop& loop, Failure failure) {
    loop.tls = context;
    loop.fail_jobs(failure);
    LoopClient client = loop.connect_and_accept();
    client.send(hello);
    CHECK(loop.turn_until_ended(client));
    CHECK(client.received().empty());
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    loop.fail_jobs(Failure::kNone);
    LoopClient other = loop.connect_and_accept();
    other.send(hello);
    CHECK(loop.turn_until([&] {
      other.step();
      return !other.received().empty();
    }));
  });
}
