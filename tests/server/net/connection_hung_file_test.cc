// Goal: a file whose disk hangs while it is sent holds up its own client only, and goes on when the
// disk is back. Method: a loop that the test turns; two files with queues of their own, one of
// which a gate holds; both engines.
#include <doctest/doctest.h>
#include <fcntl.h>

#include <memory>
#include <string>

#include "core/work/job_queue.h"
#include "tests/core/work/homecoming.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/net/turned_loop.h"

namespace {

using test::LoopClient;
using test::TurnedLoop;

class SentFile {
 public:
  SentFile(const test::TemporaryDirectory& directory, const std::string& name)
      : text_(std::string(200'000, 'x') + name), file_(std::make_shared<core::OpenFile>()) {
    const std::string path = directory.write(name, text_);
    file_->fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(file_->fd.valid());
    file_->queue = std::make_shared<core::JobQueue>();
  }

  void respond(server::Exchange& exchange) const {
    exchange.response.status = 200;
    exchange.response.body = server::FileBody{file_, 0, text_.size()};
    exchange.respond();
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] core::JobQueue& queue() const { return *file_->queue; }

 private:
  const std::string text_;
  const std::shared_ptr<core::OpenFile> file_;
};

}  // namespace

TEST_CASE("a file that hangs while it is sent holds up nobody else, and goes on later") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    const test::TemporaryDirectory directory;
    const SentFile hung(directory, "hung");
    const SentFile healthy(directory, "healthy");
    test::Gate gate;
    test::FunctionJob disk([&gate] { gate.pass(); });
    TurnedLoop loop(engine);
    loop.handler.respond = [&](server::Exchange& exchange) {
      (exchange.request.target_text == "/hung" ? hung : healthy).respond(exchange);
    };
    loop.files().submit(disk, &hung.queue());
    LoopClient waits = loop.connect_and_accept();
    waits.send(test::get_request("/hung"));
    CHECK(loop.turn_until([&] { return hung.queue().queued() == 1 && gate.arrived() == 1; }));
    for (int i = 0; i < 5; ++i) {
      LoopClient client = loop.connect_and_accept();
      client.send(test::get_request("/healthy"));
      CHECK(loop.turn_until_received(client, healthy.text()));
    }
    waits.step();
    CHECK_FALSE(waits.received().ends_with(hung.text()));
    CHECK(hung.queue().queued() == 1);
    gate.open();
    CHECK(loop.turn_until_received(waits, hung.text()));
    CHECK(loop.turn_until([&] { return disk.finished == 1; }));
  }
}
