// Goal: answers that come over time, over real sockets: a client that reads nothing holds its
// source back and loses nothing, one that leaves takes it with it although nothing is being sent,
// and neither a pause nor a drain ends what has not ended. Method: a loop that the test turns, with
// a source of the test's; both engines, in the clear and over TLS; curl as a client of others,
// where there is one.
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/net/connection.h"
#include "tests/core/tls/filter_pair.h"
#include "tests/server/app/each_engine.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"
#include "tests/server/http/scripted_source.h"
#include "tests/server/net/turned_loop.h"

namespace {

using http_test::StreamScript;
using server::Connection;
using test::LoopClient;
using test::TurnedLoop;
using Next = server::BodySource::Next;

// /other is answered at once, everything else from the script.
template <typename Check>
void on_each_engine(Check check) {
  test::on_engines([&](const core::Engine& engine) {
    StreamScript script;
    TurnedLoop loop(engine);
    const auto echo = loop.handler.respond;
    loop.handler.respond = [&script, echo](server::Exchange& exchange) {
      exchange.request.path == "/other" ? echo(exchange) : respond_from_script(exchange, script);
    };
    check(loop, script);
  });
}

class Scripted final : public server::Handler {
 public:
  explicit Scripted(StreamScript& script) : script_(script) {}
  void start(server::Exchange& exchange) override { respond_from_script(exchange, script_); }

 private:
  StreamScript& script_;
};

}  // namespace

TEST_CASE("pieces arrive when they come, and the connection goes on behind the last") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/"));
    REQUIRE(loop.turn_until_received(client, "Transfer-Encoding: chunked\r\n\r\n"));
    for (const char* const piece : {"one", "two", "six"}) {
      script.add(piece);
      script.tell();
      REQUIRE(loop.turn_until_received(client, std::string("3\r\n") + piece + "\r\n"));
    }
    CHECK(loop.counters.exchanges.value() == 0);
    script.behind = Next::kEnd;
    script.tell();
    REQUIRE(loop.turn_until_received(client, "\r\n0\r\n\r\n"));
    CHECK(loop.counters.exchanges.value() == 1);
    client.send(test::get_request("/other"));
    CHECK(loop.turn_until_received(client, "/other"));
  });
}

TEST_CASE("a client that reads nothing holds its source back, and then gets everything") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    const std::string piece = test::varied_bytes(10'000, 5);
    LoopClient client = loop.connect_and_accept(32 * 1024);
    script.pieces.emplace_back(server::BytesBody{piece, nullptr});
    script.endless = true;
    client.send(test::get_request("/"));
    LoopClient other = loop.connect_and_accept();
    for (int i = 0; i < 50; ++i) {
      other.send(test::get_request("/other"));
      REQUIRE(loop.turn_until([&] {
        other.step();
        return loop.counters.exchanges.value() == static_cast<std::uint64_t>(i) + 1;
      }));
      script.tell();
    }
    const std::size_t taken = script.taken;
    CHECK(taken >= Connection::kOutputBytesMax / piece.size());
    CHECK(taken < Connection::kOutputBytesMax / piece.size() + 40);  // in the sockets' buffers
    for (int i = 0; i < 10; ++i) {
      script.tell();
      loop.turn();
    }
    CHECK(script.taken == taken);
    REQUIRE(loop.turn_until([&] {
      client.step();
      return script.taken > taken + 1000;
    }));
    script.endless = false;
    script.pieces.clear();
    script.behind = Next::kEnd;
    script.tell();
    REQUIRE(loop.turn_until_received(client, "\r\n0\r\n\r\n"));
    const std::string& received = client.received();
    const std::size_t begin = received.find("\r\n\r\n") + 4;
    const std::string chunk = "2710\r\n" + piece + "\r\n";
    CHECK(received.size() - begin == script.taken * chunk.size() + 5);
    bool all_right = true;
    for (std::size_t i = 0; i < script.taken; ++i) {
      all_right = all_right && received.compare(begin + i * chunk.size(), chunk.size(), chunk) == 0;
    }
    CHECK(all_right);
  });
}

TEST_CASE("a client that leaves takes its source with it, also while nothing is sent") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    {
      LoopClient client = loop.connect_and_accept();
      client.send(test::get_request("/"));
      REQUIRE(loop.turn_until_received(client, "\r\n\r\n"));
      client.close_with_reset();
      CHECK(loop.turn_until([&] { return script.gone == 1; }));
    }
    // Without a reset it is the next pieces that find nobody.
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/"));
    REQUIRE(loop.turn_until_received(client, "\r\n\r\n"));
    client.close();
    CHECK(loop.turn_until([&] {
      if (script.gone == 2) return true;
      script.add("anybody?");
      script.tell();
      return false;
    }));
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    CHECK(loop.counters.exchanges_aborted.value() == 2);
  });
}

TEST_CASE("a drain lets an answer come to its end") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/"));
    REQUIRE(loop.turn_until_received(client, "\r\n\r\n"));
    loop.post_drain();
    for (int i = 0; i < 10; ++i) {
      script.add("still here");
      script.tell();
      loop.turn();
    }
    CHECK(loop.turn_until_received(client, "still here\r\n"));
    CHECK(script.gone == 0);
    script.behind = Next::kEnd;
    script.tell();
    CHECK(loop.turn_until_ended(client));
    CHECK(client.received().ends_with("\r\n0\r\n\r\n"));
  });
}

TEST_CASE("what has no end is ended by who aborts") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/"));
    REQUIRE(loop.turn_until_received(client, "\r\n\r\n"));
    loop.connections().abort();
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
    CHECK(script.gone == 1);
  });
}

TEST_CASE("what is cut off ends with the connection, without a last chunk") {
  on_each_engine([](TurnedLoop& loop, StreamScript& script) {
    LoopClient client = loop.connect_and_accept();
    script.add("half");
    script.behind = Next::kCutOff;
    client.send(test::get_request("/"));
    CHECK(loop.turn_until_ended(client));
    CHECK(client.received().ends_with("\r\n\r\n4\r\nhalf\r\n"));
    CHECK(loop.counters.exchanges_aborted.value() == 1);
  });
}

TEST_CASE("curl shows each piece as it comes, in the clear and over TLS") {
  if (::access("/usr/bin/curl", X_OK) != 0) {
    MESSAGE("skipped: there is no curl");
    return;
  }
  const auto context = test::plain_server();
  on_each_engine([&](TurnedLoop& loop, StreamScript& script) {
    for (const bool over_tls : {false, true}) {
      CAPTURE(over_tls);
      script.behind = Next::kLater;
      loop.accepts = true;
      loop.tls = over_tls ? context : nullptr;
      const std::string url = (over_tls ? "https" : "http") + std::string("://127.0.0.1:") +
                              std::to_string(loop.port()) + "/";
      script.exchange = nullptr;
      test::Process curl({"/usr/bin/curl", "--silent", "--show-error", "--no-buffer", "--insecure",
                          "--max-time", "15", "--noproxy", "*", url});
      CHECK(loop.turn_until([&] { return script.exchange != nullptr; }));
      std::string expected;
      for (const char* const piece : {"one,", "two,", "three"}) {
        script.add(piece);
        script.tell();
        expected += piece;
        CHECK(loop.turn_until([&] { return curl.output() == expected; }));
      }
      script.behind = Next::kEnd;
      script.tell();
      CHECK(loop.turn_until([&] { return !curl.running(); }));
      CHECK(curl.wait() == 0);
      CHECK(curl.error_output() == "");
    }
  });
}

TEST_CASE("a client that reads nothing for too long is closed, one that waits for a piece is not") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    StreamScript endless;
    endless.pieces.emplace_back(server::TextBody{std::string(10'000, 'x')});
    endless.endless = true;
    StreamScript silent;
    const test::TemporaryDirectory site;
    test::LiveOptions options;
    options.engine = engine;
    options.limits.send_timeout = std::chrono::milliseconds(300);
    options.limits.keepalive_timeout = std::chrono::milliseconds(300);
    options.add_sites = [&](server::Router& router, core::EventLoop&) {
      std::vector<server::Router::Route> routes(2);
      routes[0].patterns.emplace_back("/endless");
      routes[0].action = std::make_unique<Scripted>(endless);
      routes[1].patterns.emplace_back("/silent");
      routes[1].action = std::make_unique<Scripted>(silent);
      router.add_site({}, std::move(routes));
    };
    test::LiveServer live(site.path(), options);
    test::TestClient waiting(live.port());
    REQUIRE(waiting.send(test::get_request("/silent")));
    test::TestClient client(live.port(), 4096);
    REQUIRE(client.send(test::get_request("/endless")));
    CHECK(test::LiveServer::eventually([&] { return live.counters().send_stalls.value() == 1; }));
    CHECK(test::LiveServer::eventually([&] { return live.server().connections() == 1; }));
    CHECK(live.counters().deadlines_passed.value() == 1);
    CHECK(waiting.read_some(1000).starts_with("HTTP/1.1 200 OK"));
  }
}
