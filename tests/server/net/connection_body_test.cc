// Goal: request bodies over real sockets: a client that waits for 100 (Continue) gets it, a handler
// without room holds its client back and nobody else, and the last answer of a connection arrives
// whole although its client is still sending. Method: a loop that the test turns, with a handler
// that opens sinks; both engines; curl as a client of others, where there is one.
#include <doctest/doctest.h>
#include <unistd.h>

#include <memory>
#include <span>
#include <string>

#include "tests/server/app/each_engine.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/http/answer_reader.h"
#include "tests/server/net/turned_loop.h"

namespace {

using http_test::read_answers;
using http_test::statuses_of;
using test::LoopClient;
using test::TurnedLoop;

// What a handler's sinks were given, and whether they have room.
struct Uploads {
  std::string content;
  std::size_t opened = 0;
  std::size_t ended = 0;
  std::size_t gone = 0;
  bool has_room = true;
  server::Exchange* exchange = nullptr;
};

class Sink final : public server::HandlerContext, public server::BodySink {
 public:
  explicit Sink(Uploads& uploads) : uploads_(uploads) { ++uploads_.opened; }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() override { ++uploads_.gone; }
  void on_content(std::span<const std::byte> bytes) override {
    uploads_.content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  void on_content_end() override { ++uploads_.ended; }
  [[nodiscard]] bool has_room() const override { return uploads_.has_room; }

 private:
  Uploads& uploads_;
};

// Each body goes to a sink.
template <typename Check>
void on_each_engine(Check check) {
  test::on_engines([&](const core::Engine& engine) {
    Uploads uploads;
    TurnedLoop loop(engine);
    loop.handler.open = [&uploads](server::Exchange& exchange) {
      auto sink = std::make_unique<Sink>(uploads);
      exchange.body_sink = sink.get();
      exchange.context = std::move(sink);
      uploads.exchange = &exchange;
    };
    check(loop, uploads);
  });
}

std::string post_head(std::size_t length, const std::string& fields = "") {
  return "POST /up HTTP/1.1\r\nHost: x\r\n" + fields + "Content-Length: " + std::to_string(length) +
         "\r\n\r\n";
}

bool there_is_curl() { return ::access("/usr/bin/curl", X_OK) == 0; }

}  // namespace

TEST_CASE("a client that waits for 100 gets it at once, and its content is read") {
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    LoopClient client = loop.connect_and_accept();
    client.send(post_head(5, "Expect: 100-continue\r\n"));
    REQUIRE(loop.turn_until_received(client, "HTTP/1.1 100 Continue\r\n\r\n"));
    client.send("hello" + test::get_request("/next"));
    REQUIRE(loop.turn_until_received(client, "/next"));
    const auto answers = read_answers(client.received());
    CHECK(answers.problem == "");
    CHECK(statuses_of(answers) == "100 200 200");
    CHECK(uploads.content == "hello");
    CHECK(uploads.ended == 1);
  });
}

TEST_CASE("curl waits for 100 before it sends, and gets its answer") {
  if (!there_is_curl()) {
    MESSAGE("skipped: there is no curl");
    return;
  }
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    const test::TemporaryDirectory directory;
    const std::string content = test::varied_bytes(1'500'000, 11);
    const std::string path = directory.write("upload.bin", content);
    loop.accepts = true;
    // Without 100 it would wait longer than the test.
    test::Process curl({"/usr/bin/curl", "--silent", "--show-error", "--max-time", "15",
                        "--noproxy", "*", "--expect100-timeout", "60", "--header",
                        "Expect: 100-continue", "--write-out", " %{http_code}", "--upload-file",
                        path, "http://127.0.0.1:" + std::to_string(loop.port()) + "/up"});
    CHECK(loop.turn_until([&] { return !curl.running(); }));
    CHECK(curl.wait() == 0);
    CHECK(curl.output() == "/up 200");
    CHECK(curl.error_output() == "");
    CHECK((uploads.content == content));
    CHECK(uploads.ended == 1);
  });
}

TEST_CASE("a sink without room holds its client back, nobody else, and loses nothing") {
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    constexpr std::size_t kBytes = 4'000'000;
    const std::string content = test::varied_bytes(kBytes, 12);
    LoopClient client = loop.connect_and_accept(32 * 1024);
    uploads.has_room = false;
    client.send(post_head(kBytes) + content);
    LoopClient other = loop.connect_and_accept();
    for (int i = 0; i < 50; ++i) {
      client.step();
      other.send(test::get_request("/" + std::to_string(i)));
      REQUIRE(loop.turn_until_received(other, "/" + std::to_string(i)));
    }
    CHECK(uploads.content.size() < 200'000);
    CHECK(client.unsent_bytes() > kBytes / 2);
    CHECK(loop.memory_peak() < 200'000);
    // In doses: each time what is on its way, and no more.
    std::size_t doses = 0;
    REQUIRE(loop.turn_until([&] {
      client.step();
      if (uploads.ended > 0) return true;
      const std::size_t before = uploads.content.size();
      uploads.has_room = true;
      uploads.exchange->resume_body();
      loop.turn();
      uploads.has_room = false;
      if (uploads.content.size() > before) ++doses;
      return uploads.ended > 0;
    }));
    CHECK(doses > 5);
    REQUIRE(loop.turn_until_received(client, "/up"));
    CHECK((uploads.content == content));
    CHECK(statuses_of(read_answers(client.received())) == "200");
  });
}

TEST_CASE("a client that leaves in the middle of its body: the context goes, reported once") {
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    LoopClient client = loop.connect_and_accept();
    client.send(post_head(100) + "part");
    REQUIRE(loop.turn_until([&] { return uploads.content == "part"; }));
    client.close();
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    CHECK(uploads.gone == 1);
    CHECK(uploads.ended == 0);
    CHECK(loop.counters.exchanges_aborted.value() == 1);
    CHECK(loop.counters.exchanges.value() == 1);
  });
}

TEST_CASE("an answer in the middle of a body arrives whole although its client goes on sending") {
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    constexpr std::size_t kBytes = 3'000'000;
    LoopClient client = loop.connect_and_accept(32 * 1024);
    client.send(post_head(kBytes) + "part");
    REQUIRE(loop.turn_until([&] { return !uploads.content.empty(); }));
    client.send(std::string(kBytes - 4, 'b'));
    const std::string page(100'000, 'p');
    uploads.exchange->response.status = 403;
    uploads.exchange->response.body = server::TextBody{page};
    uploads.exchange->respond();
    // It sends a megabyte before it reads a byte.
    REQUIRE(loop.turn_until([&] {
      client.step_sending();
      return client.unsent_bytes() < kBytes - 1'000'000;
    }));
    CHECK(loop.turn_until_ended(client));
    CHECK_FALSE(client.reset());
    const auto answers = read_answers(client.received());
    CHECK(answers.problem == "");
    REQUIRE(statuses_of(answers) == "403");
    CHECK((answers.list[0].body == page));
    CHECK(answers.list[0].closes());
    CHECK(uploads.gone == 1);
  });
}

TEST_CASE("a refused body: its client sends a megabyte more and still reads the whole 413") {
  on_each_engine([](TurnedLoop& loop, Uploads& uploads) {
    LoopClient client = loop.connect_and_accept(32 * 1024);
    client.send("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("5\r\nhello\r\n80000000\r\n");  // twice the limit
    client.send(std::string(2'000'000, 'b'));
    REQUIRE(loop.turn_until([&] {
      client.step_sending();
      return client.unsent_bytes() < 1'000'000;
    }));
    CHECK(loop.turn_until_ended(client));
    CHECK_FALSE(client.reset());
    const auto answers = read_answers(client.received());
    CHECK(answers.problem == "");
    CHECK(statuses_of(answers) == "413");
    CHECK(uploads.content == "hello");
    CHECK(uploads.gone == 1);
    client.close();
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
  });
}
