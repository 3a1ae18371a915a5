// Goal: what a client gets for a good request: one whole answer each, in the order of the requests,
// framed so that it knows where the answer ends and whether the connection goes on. Method: bytes
// into a session, bytes out, read by a reader of our own; handlers answer at once and later.
#include "server/http/http1_session.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/memory_file.h"
#include "tests/server/http/wire.h"

using namespace http_test;

namespace {

// The one answer to one request.
Answer answer_to(Wire& wire, const std::string& request, bool head = false) {
  wire.send(request);
  const Answers answers =
      read_answers(wire.output(), head ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == 1);
  return answers.list[0];
}

std::string request(const std::string& version, const std::string& fields) {
  return "GET / " + version + "\r\nHost: x\r\n" + fields + "\r\n";
}

void answer_with_file(server::Exchange& exchange) {
  exchange.response.status = 200;
  exchange.response.body = server::FileBody{file_with("0123456789"), 0, 10};
  exchange.respond();
}

}  // namespace

TEST_CASE("an answer has a status line, its fields, its length and its body") {
  Wire wire;
  wire.dispatcher.respond = [](server::Exchange& exchange) {
    exchange.response.status = 404;
    exchange.response.fields.add("X-One", "1");
    exchange.response.prepared_fields = "X-Two: 2\r\n";
    exchange.response.body = server::TextBody{"nothing"};
    exchange.respond();
  };
  const Answer answer = answer_to(wire, get("/a"));
  CHECK(answer.status == 404);
  CHECK(answer.reason == "Not Found");
  CHECK(answer.field("X-One") == "1");
  CHECK(answer.field("X-Two") == "2");
  CHECK(answer.field("Content-Length") == "7");
  CHECK_FALSE(answer.has("Connection"));
  CHECK_FALSE(answer.has("Transfer-Encoding"));
  CHECK(answer.body == "nothing");
  CHECK(wire.session().quiescent());
}

TEST_CASE("the handler sees the request as it was sent, its path decoded") {
  Wire wire;
  wire.send("GET /a%20b/./c?q=%20 HTTP/1.1\r\nHost: Example.COM:8080\r\nX: y\r\n\r\n");
  REQUIRE(wire.dispatcher.seen.size() == 1);
  CHECK(wire.dispatcher.seen[0].method == "GET");
  CHECK(wire.dispatcher.seen[0].target == "/a%20b/./c?q=%20");
  CHECK(wire.dispatcher.seen[0].path == "/a b/c");
  CHECK(wire.dispatcher.seen[0].host == "Example.COM");
  CHECK(wire.dispatcher.seen[0].fields == 2);
}

TEST_CASE("bodies of every kind arrive whole") {
  const std::string large(100'000, 'l');
  const auto shared = std::make_shared<const std::string>(large);
  struct Case {
    std::string name;
    server::Body body;
    std::string expected;
  };
  const Case cases[] = {
      {"none", server::NoBody{}, ""},
      {"text", server::TextBody{large}, large},
      {"empty text", server::TextBody{""}, ""},
      {"bytes of the program", server::BytesBody{"static", nullptr}, "static"},
      {"shared bytes", server::BytesBody{*shared, shared}, large},
      {"shared bytes, few", server::BytesBody{shared->substr(0, 0), shared}, ""},
      {"a range of a file", server::FileBody{file_with("0123456789"), 2, 5}, "23456"},
      {"a file of no bytes", server::FileBody{file_with(""), 0, 0}, ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Wire wire;
    wire.dispatcher.respond = [&c](server::Exchange& exchange) {
      exchange.response.status = 200;
      exchange.response.body = c.body;
      exchange.respond();
    };
    wire.send(get("/a") + get("/b"));
    const Answers answers = read_answers(wire.output());
    CHECK(answers.problem == "");
    REQUIRE(answers.list.size() == 2);
    CHECK((answers.list[0].body == c.expected));
    CHECK((answers.list[1].body == c.expected));
    CHECK(wire.session().quiescent());
  }
}

TEST_CASE("a head larger than a block arrives whole") {
  Wire wire;
  wire.dispatcher.respond = [](server::Exchange& exchange) {
    exchange.response.status = 200;
    exchange.response.fields.add("X-Large", std::string(20'000, 'x'));
    exchange.response.body = server::TextBody{"a"};
    exchange.respond();
  };
  const Answer answer = answer_to(wire, get("/"));
  CHECK(answer.field("X-Large").size() == 20'000);
  CHECK(answer.body == "a");
}

TEST_CASE("HEAD gets the fields of GET, Content-Length too, and no body") {
  Wire wire;
  const Answer answer = answer_to(wire, "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", true);
  CHECK(answer.status == 200);
  CHECK(answer.field("Content-Length") == "7");  // "HEAD /a"
  CHECK(wire.session().quiescent());
  // And the file of a body is not sent.
  Wire other;
  other.dispatcher.respond = answer_with_file;
  CHECK(answer_to(other, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", true).field("Content-Length") ==
        "10");
}

TEST_CASE("RFC 9110 8.6, 15.4.5: 204 and 304 have neither body nor Content-Length") {
  for (const int status : {204, 304}) {
    CAPTURE(status);
    Wire wire;
    wire.dispatcher.respond = [status](server::Exchange& exchange) {
      exchange.response.status = status;
      exchange.response.body = server::TextBody{"must not be sent"};
      exchange.respond();
    };
    wire.send(get("/a") + get("/b"));
    const Answers answers = read_answers(wire.output());
    CHECK(answers.problem == "");
    REQUIRE(answers.list.size() == 2);
    CHECK_FALSE(answers.list[0].has("Content-Length"));
    CHECK(answers.list[1].status == status);
  }
}

TEST_CASE("RFC 9112 9.3: who keeps the connection, and how it is said") {
  struct Case {
    std::string version;
    std::string fields;
    std::string connection;  // of the answer
    bool stays;
  };
  const Case cases[] = {
      {"HTTP/1.1", "", "(none)", true},
      {"HTTP/1.1", "Connection: keep-alive\r\n", "(none)", true},
      {"HTTP/1.1", "Connection: close\r\n", "close", false},
      {"HTTP/1.1", "Connection: CLOSE\r\n", "close", false},
      {"HTTP/1.1", "Connection: upgrade, close\r\nUpgrade: h2c\r\n", "close", false},
      {"HTTP/1.1", "Connection: x ,\t close\t,y\r\n", "close", false},
      {"HTTP/1.1", "Connection: keep-alive, close\r\n", "close", false},
      {"HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", "close", false},
      {"HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", "close", false},
      {"HTTP/1.1", "Connection: closed\r\n", "(none)", true},
      {"HTTP/1.1", "Connection: x-close\r\n", "(none)", true},
      {"HTTP/1.1", "Connection: \"close\"\r\n", "(none)", true},
      {"HTTP/1.1", "Connection:\r\n", "(none)", true},
      {"HTTP/1.1", "X-Connection: close\r\n", "(none)", true},
      {"HTTP/1.0", "", "close", false},
      {"HTTP/1.0", "Connection: close\r\n", "close", false},
      {"HTTP/1.0", "Connection: keep-alive\r\n", "keep-alive", true},
      {"HTTP/1.0", "Connection: Keep-Alive\r\n", "keep-alive", true},
      {"HTTP/1.0", "Connection: x, keep-alive\r\n", "keep-alive", true},
      {"HTTP/1.0", "Connection: keep-alive, close\r\n", "close", false},
      {"HTTP/1.0", "Keep-Alive: 300\r\n", "close", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.version);
    CAPTURE(c.fields);
    Wire wire;
    const Answer answer = answer_to(wire, request(c.version, c.fields));
    CHECK(answer.status == 200);
    CHECK(answer.field("Connection") == c.connection);
    CHECK(wire.session().finished() == !c.stays);
    CHECK(wire.session().wants_input() == c.stays);
    wire.send(get("/next"));
    CHECK(wire.dispatcher.seen.size() == (c.stays ? 2 : 1));
  }
}

TEST_CASE("a handler can end the connection with its answer") {
  Wire wire;
  wire.dispatcher.respond = [](server::Exchange& exchange) {
    exchange.close_requested = true;
    echo(exchange);
  };
  CHECK(answer_to(wire, get("/a") + get("/b")).closes());
  CHECK(wire.session().finished());
}

TEST_CASE("pipelined requests are answered in order, also when answers come late") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/1") + post("Content-Length: 5\r\n", "hello") + get("/3"));
  // One at a time: the second is not even looked at before the first is answered.
  CHECK(targets_of(wire.dispatcher.seen) == "/1");
  CHECK(wire.output().empty());
  CHECK_FALSE(wire.session().wants_input());
  CHECK_FALSE(wire.session().quiescent());
  for (const std::string expected : {"/1 /p", "/1 /p /3", "/1 /p /3"}) {
    const std::size_t calls = wire.ready_calls();
    wire.dispatcher.answer_waiting();
    CHECK(wire.ready_calls() == calls + 1);
    wire.pump();
    CHECK(targets_of(wire.dispatcher.seen) == expected);
  }
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == 3);
  CHECK(answers.list[0].body == "GET /1");
  CHECK(answers.list[1].body == "POST /p");
  CHECK(answers.list[2].body == "GET /3");
  REQUIRE(wire.ended.size() == 3);
  CHECK(wire.ended[2].target == "/3");
  CHECK_FALSE(wire.ended[2].aborted);
}

TEST_CASE("while an answer is out nothing is taken, however often it is offered") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/1"));
  const std::string more = get("/2");
  for (int i = 0; i < 3; ++i) {
    CHECK(wire.session().receive(std::as_bytes(std::span(more)), wire.now) == 0);
    wire.pump();
  }
  CHECK(targets_of(wire.dispatcher.seen) == "/1");
  CHECK(wire.output().empty());
}

TEST_CASE("an exchange with a file ends when the file has left, not before") {
  Wire wire;
  wire.dispatcher.respond = answer_with_file;
  wire.socket_is_full = true;
  wire.send(get("/1") + get("/2"));
  CHECK(wire.ended.empty());
  CHECK(targets_of(wire.dispatcher.seen) == "/1");
  CHECK_FALSE(wire.session().finished());
  wire.socket_is_full = false;
  wire.pump();
  CHECK(targets_of(wire.dispatcher.seen) == "/1 /2");
  CHECK(wire.ended.size() == 2);
  CHECK(statuses_of(read_answers(wire.output())) == "200 200");
}

TEST_CASE("RFC 9110 7.2: the target's authority wins over Host") {
  Wire wire;
  wire.send("GET http://target.example:81/a HTTP/1.1\r\nHost: field.example\r\n\r\n");
  REQUIRE(wire.dispatcher.seen.size() == 1);
  CHECK(wire.dispatcher.seen[0].host == "target.example");
  CHECK(wire.dispatcher.seen[0].path == "/a");
}

TEST_CASE("HTTP/1.0 without Host reaches the handler with an empty one") {
  Wire wire;
  const Answer answer = answer_to(wire, "GET /health HTTP/1.0\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK(answer.closes());
  CHECK(wire.dispatcher.seen.at(0).host == "");
}

// It had been told that the connection goes on.
TEST_CASE("draining while a file is on its way lingers for a client that would go on") {
  for (const bool client_keeps : {true, false}) {
    Wire wire;
    wire.dispatcher.respond = answer_with_file;
    wire.socket_is_full = true;
    wire.send(get("/a", client_keeps ? "" : "Connection: close\r\n"));
    wire.session().drain();
    wire.socket_is_full = false;
    wire.send(get("/b"));
    const Answers answers = read_answers(wire.output());
    CHECK(answers.problem == "");
    REQUIRE(answers.list.size() == 1);
    CHECK(answers.list[0].body == "0123456789");
    CHECK(wire.session().finished());
    CHECK(wire.session().must_linger() == client_keeps);
  }
}
