// Goal: an answer whose content comes over time goes out piece by piece, framed so that its client
// knows where it ends; it is asked for no more than there is room for; a pause in it is nobody's
// fault; and whoever makes it learns at once that its client has left. Method: bytes into a
// session, bytes out, with a source of the test's.

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "server/http/http1_session.h"
#include "tests/server/http/memory_file.h"
#include "tests/server/http/scripted_source.h"
#include "tests/server/http/wire.h"

using namespace http_test;
using std::chrono::hours;
using Next = server::BodySource::Next;

namespace {

// A request for a stream, which has begun.
struct StreamWire : Wire {
  explicit StreamWire(const std::string& first_line = "GET / HTTP/1.1",
                      const std::string& fields = "") {
    dispatcher.respond = [this](server::Exchange& exchange) {
      exchange.request.path == "/other" ? echo(exchange) : respond_from_script(exchange, script);
    };
    request = first_line + "\r\nHost: x\r\n" + fields + "\r\n";
  }
  ~StreamWire() override { destroy_session(); }  // before the script

  // What came behind the head.
  [[nodiscard]] std::string content() const {
    const std::size_t end = output().find("\r\n\r\n");
    return end == std::string::npos ? "(no head)" : output().substr(end + 4);
  }
  [[nodiscard]] bool head_has(const std::string& field) const {
    return output().substr(0, output().find("\r\n\r\n") + 2).find(field + "\r\n") !=
           std::string::npos;
  }
  void come(std::string text) {
    script.add(std::move(text));
    script.tell();
    pump();
  }
  void end(Next how = Next::kEnd) {
    script.behind = how;
    script.tell();
    pump();
  }

  StreamScript script;
  std::string request;
};

}  // namespace

TEST_CASE("each piece goes out when it comes, as a chunk, and the connection goes on behind") {
  StreamWire wire;
  wire.send(wire.request);
  CHECK(wire.head_has("Transfer-Encoding: chunked"));
  CHECK_FALSE(wire.head_has("Connection: close"));
  CHECK(wire.output().find("Content-Length") == std::string::npos);
  CHECK(wire.content() == "");
  wire.come("hello");
  CHECK(wire.content() == "5\r\nhello\r\n");
  wire.come("sixteen letters.");
  CHECK(wire.content() == "5\r\nhello\r\n10\r\nsixteen letters.\r\n");
  CHECK(wire.ended.empty());
  const std::size_t ready = wire.ready_calls();
  wire.script.tell();
  CHECK(wire.ready_calls() == ready + 1);
  wire.end();
  CHECK(wire.content() == "5\r\nhello\r\n10\r\nsixteen letters.\r\n0\r\n\r\n");
  REQUIRE(wire.ended.size() == 1);
  CHECK_FALSE(wire.ended[0].aborted);
  CHECK(wire.script.gone == 1);
  CHECK(wire.session().quiescent());
  wire.send("GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(wire.output().ends_with("GET /other"));
}

TEST_CASE("pieces that are there at once go out at once; those of files and caches too") {
  StreamWire wire;
  const auto shared = std::make_shared<const std::string>(10'000, 's');
  wire.script.add("text");
  wire.script.pieces.emplace_back(server::BytesBody{*shared, shared});
  wire.script.pieces.emplace_back(server::FileBody{file_with("0123456789"), 2, 3});
  wire.script.behind = Next::kEnd;
  wire.send(wire.request);
  wire.pump();
  CHECK((wire.content() == "4\r\ntext\r\n2710\r\n" + *shared + "\r\n3\r\n234\r\n0\r\n\r\n"));
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.session().quiescent());
}

TEST_CASE("HTTP/1.0 gets the bytes as they are, and the end of the connection behind them") {
  for (const char* const fields : {"", "Connection: keep-alive\r\n"}) {
    CAPTURE(fields);
    StreamWire wire("GET / HTTP/1.0", fields);
    wire.send(wire.request);
    CHECK(wire.output().find("Transfer-Encoding") == std::string::npos);
    CHECK(wire.head_has("Connection: close"));
    wire.come("hello, ");
    wire.come("world");
    CHECK_FALSE(wire.session().finished());
    wire.end();
    CHECK(wire.content() == "hello, world");
    CHECK(wire.session().finished());
  }
}

TEST_CASE("HEAD gets the head that GET gets; the source is asked for nothing") {
  StreamWire wire("HEAD / HTTP/1.1");
  wire.script.add("content");
  wire.send(wire.request);
  CHECK(wire.head_has("Transfer-Encoding: chunked"));
  CHECK(wire.content() == "");
  CHECK(wire.script.asked == 0);
  CHECK(wire.script.gone == 1);
  CHECK(wire.session().quiescent());
}

TEST_CASE("while what was made is not sent no more is asked for, and then it goes on") {
  StreamWire wire;
  wire.room_bytes = 1000;
  wire.script.add(std::string(400, 'x'));
  wire.script.endless = true;
  wire.socket_is_full = true;
  wire.send(wire.request);
  const std::size_t before = wire.script.taken;
  CHECK(before >= 2);
  CHECK(before <= 3);
  for (int i = 0; i < 10; ++i) wire.end();
  CHECK(wire.script.taken == before);
  CHECK(wire.script.asked == before);
  wire.socket_is_full = false;
  wire.script.endless = false;
  for (int i = 0; i < 2; ++i) wire.pump();  // what lies there, then what comes behind it
  CHECK(wire.script.taken == before + 1);
  CHECK(wire.content().ends_with("\r\n0\r\n\r\n"));
}

TEST_CASE("a pause has no deadline, is not the client's turn, and its requests wait") {
  StreamWire wire;
  wire.send(wire.request + "GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(wire.session().deadline() == core::kNever);
  wire.wait_for(hours(24));
  CHECK_FALSE(wire.session().finished());
  CHECK_FALSE(wire.session().wants_input());
  CHECK(wire.session().listens());  // or it would not hear that its client has left
  CHECK_FALSE(wire.session().quiescent());
  CHECK(wire.input_left() > 0);
  CHECK(wire.dispatcher.seen.size() == 1);
  wire.end();
  CHECK(wire.dispatcher.seen.size() == 2);
  CHECK(wire.output().ends_with("GET /other"));
}

TEST_CASE("a client that leaves takes the source with it") {
  StreamWire wire;
  wire.send(wire.request);
  wire.come("hello");
  wire.destroy_session();
  CHECK(wire.script.gone == 1);
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.ended[0].aborted);
}

TEST_CASE("a half-closed client still gets all of it") {
  StreamWire wire;
  wire.send(wire.request);
  wire.come("hello");
  wire.end_input();
  wire.come("world");
  CHECK_FALSE(wire.session().finished());
  wire.end();
  CHECK(wire.content() == "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n");
  CHECK(wire.session().finished());
  CHECK_FALSE(wire.ended.at(0).aborted);
}

TEST_CASE("a client is shown that the rest is missing: no last chunk, and the connection ends") {
  StreamWire wire;
  wire.send(wire.request);
  wire.come("hello");
  wire.end(Next::kCutOff);
  CHECK(wire.content() == "5\r\nhello\r\n");
  CHECK(wire.session().finished());
  CHECK(wire.script.gone == 1);
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.ended[0].aborted);
}

TEST_CASE("draining waits for the end of the content, and then the connection ends") {
  StreamWire wire;
  wire.send(wire.request);
  wire.session().drain();
  wire.come("hello");
  CHECK_FALSE(wire.session().finished());
  wire.end();
  CHECK(wire.content() == "5\r\nhello\r\n0\r\n\r\n");
  CHECK(wire.session().finished());
}

TEST_CASE("a source may begin later, and answer a request whose body was not wanted") {
  StreamWire wire;
  wire.dispatcher.deferred = true;
  wire.send(wire.request);
  CHECK(wire.output().empty());
  wire.dispatcher.answer_waiting();
  wire.pump();
  wire.come("late");
  CHECK(wire.content() == "4\r\nlate\r\n");

  StreamWire early("POST / HTTP/1.1", "Content-Length: 10\r\n");
  early.dispatcher.open = [&early](server::Exchange& exchange) {
    respond_from_script(exchange, early.script);
  };
  early.send(early.request + "01234");
  CHECK(early.head_has("Connection: close"));
  early.come("early");
  early.end();
  CHECK(early.content() == "5\r\nearly\r\n0\r\n\r\n");
  CHECK(early.session().finished());
  CHECK(early.session().must_linger());
}
