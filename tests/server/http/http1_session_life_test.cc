// Goal: a session ends when it should and never when it should not: half-closed clients, deadlines,
// drain and lost connections, each in every state. Method: a session is brought into each state by
// bytes alone, then the event comes; the clock is the test's.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"

using namespace http_test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// The states, by what has been sent.
const std::string kPartOfHead = "GET /a HTT";
const std::string kPartOfBody = post("Content-Length: 5\r\n", "he");
const std::string kPartOfChunks = chunked("5\r\nhe");
const std::string kPartOfTrailers = chunked("5\r\nhello\r\n0\r\nX: ");

std::string statuses(const Wire& wire) {
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  return statuses_of(answers);
}

}  // namespace

TEST_CASE("idle: quiescent, wants input, closes silently after the keep-alive time") {
  Wire wire;
  CHECK(wire.session().quiescent());
  CHECK(wire.session().wants_input());
  CHECK_FALSE(wire.session().finished());
  wire.wait_for(milliseconds(74'999));
  CHECK_FALSE(wire.session().finished());
  wire.wait_for(milliseconds(1));
  CHECK(wire.session().finished());
  CHECK_FALSE(wire.session().must_linger());
  CHECK(wire.output().empty());
}

TEST_CASE("idle again after an answer: the keep-alive time counts anew") {
  Wire wire;
  wire.wait_for(seconds(60));
  wire.send(get("/a"));
  wire.wait_for(milliseconds(74'999));
  CHECK_FALSE(wire.session().finished());
  wire.send(get("/b"));
  CHECK(statuses(wire) == "200 200");
  wire.wait_for(seconds(75));
  CHECK(wire.session().finished());
}

TEST_CASE("a head has its whole time from its first byte; dripping does not prolong it") {
  Wire wire;
  for (int i = 0; i < 9; ++i) {
    wire.send(kPartOfHead.substr(static_cast<std::size_t>(i), 1));
    wire.wait_for(seconds(1));
  }
  CHECK_FALSE(wire.session().finished());
  CHECK(wire.output().empty());
  wire.wait_for(seconds(1));
  CHECK(statuses(wire) == "408");
  CHECK(read_answers(wire.output()).list.at(0).closes());
  CHECK(wire.session().finished());
  CHECK(wire.session().must_linger());
  CHECK(wire.dispatcher.seen.empty());
}

TEST_CASE("a body has its time between two reads") {
  for (const std::string& stream : {kPartOfBody, kPartOfChunks, kPartOfTrailers}) {
    CAPTURE(stream);
    Wire wire;
    wire.send(stream.substr(0, stream.size() - 1));
    wire.wait_for(milliseconds(19'999));
    wire.send(stream.substr(stream.size() - 1));
    wire.wait_for(milliseconds(19'999));
    CHECK(wire.output().empty());
    wire.wait_for(milliseconds(1));
    CHECK(statuses(wire) == "408");
    CHECK(wire.session().finished());
    CHECK(wire.dispatcher.seen.empty());
  }
}

TEST_CASE("the deadline of a body starts with its head's end") {
  Wire wire;
  wire.wait_for(seconds(5));
  wire.send(post("Content-Length: 5\r\n", ""));
  wire.wait_for(milliseconds(19'999));
  CHECK(wire.output().empty());
  wire.wait_for(milliseconds(1));
  CHECK(statuses(wire) == "408");
}

TEST_CASE("while a handler works there is no deadline: waiting is our own doing") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/a"));
  CHECK((wire.session().deadline() == core::kNever));
  wire.wait_for(std::chrono::hours(1));
  CHECK_FALSE(wire.session().finished());
  wire.dispatcher.answer_waiting();
  wire.pump();
  CHECK(statuses(wire) == "200");
  CHECK((wire.session().deadline() == wire.now + seconds(75)));
}

TEST_CASE("a session that has finished has no deadline any more") {
  for (const std::string stream : {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                   "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    CAPTURE(stream);
    Wire wire;
    wire.send(stream);
    CHECK(wire.session().finished());
    CHECK((wire.session().deadline() == core::kNever));
    const std::string before = wire.output();
    wire.session().on_deadline();
    wire.pump();
    CHECK(wire.output() == before);
  }
}

TEST_CASE("RFC 9112 9.6: a client that closed its half still gets its answer") {
  Wire at_once;
  at_once.send(get("/a"));
  at_once.end_input();
  CHECK(statuses(at_once) == "200");
  CHECK(at_once.session().finished());

  Wire late;
  late.dispatcher.deferred = true;
  late.send(get("/a"));
  late.end_input();
  CHECK_FALSE(late.session().finished());
  late.dispatcher.answer_waiting();
  late.pump();
  CHECK(statuses(late) == "200");
  CHECK(read_answers(late.output()).list.at(0).closes());
  CHECK(late.session().finished());
  CHECK_FALSE(late.session().must_linger());  // it has said that it sends no more
}

TEST_CASE("a client that closes in the middle of a request gets nothing, and nothing is run") {
  for (const std::string& stream : {std::string(), std::string("\r\n"), kPartOfHead, kPartOfBody,
                                    kPartOfChunks, kPartOfTrailers}) {
    CAPTURE(stream);
    Wire wire;
    wire.send(stream);
    wire.end_input();
    CHECK(wire.session().finished());
    CHECK_FALSE(wire.session().must_linger());
    CHECK(wire.output().empty());
    CHECK(wire.dispatcher.seen.empty());
    // Whose head was complete is in the log.
    const bool had_a_head = stream.find("\r\n\r\n") != std::string::npos;
    CHECK(wire.ended.size() == (had_a_head ? 1 : 0));
    for (const EndedExchange& ended : wire.ended) CHECK(ended.aborted);
    CHECK((wire.session().deadline() == core::kNever));
  }
}

TEST_CASE("after a refusal the client's end is no reason to linger") {
  Wire wire;
  wire.send("GET / HTTP/1.1\r\n\r\n");
  REQUIRE(wire.session().must_linger());
  wire.end_input();
  CHECK(wire.session().finished());
  CHECK_FALSE(wire.session().must_linger());
}

TEST_CASE("draining an idle session finishes it at once") {
  Wire fresh;
  fresh.session().drain();
  CHECK(fresh.session().finished());
  CHECK(fresh.output().empty());

  Wire used;
  used.send(get("/a"));
  used.session().drain();
  CHECK(used.session().finished());
  CHECK((used.session().deadline() == core::kNever));
}

TEST_CASE("draining lets a request that has begun be finished, and says that it is the last") {
  struct Case {
    std::string before;
    std::string after;
  };
  const Case cases[] = {
      {kPartOfHead, "P/1.1\r\nHost: x\r\n\r\n"},
      {kPartOfBody, "llo"},
      {kPartOfChunks, "llo\r\n0\r\n\r\n"},
      {kPartOfTrailers, "y\r\n\r\n"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.before);
    Wire wire;
    wire.send(c.before);
    wire.session().drain();
    CHECK_FALSE(wire.session().finished());
    wire.send(c.after + get("/next"));
    CHECK(statuses(wire) == "200");
    CHECK(read_answers(wire.output()).list.at(0).closes());
    CHECK(wire.session().finished());
    CHECK(wire.dispatcher.seen.size() == 1);
  }
}

TEST_CASE("draining while a handler works lets it answer") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/a") + get("/b"));
  wire.session().drain();
  CHECK_FALSE(wire.session().finished());
  wire.dispatcher.answer_waiting();
  wire.pump();
  CHECK(statuses(wire) == "200");
  CHECK(read_answers(wire.output()).list.at(0).closes());
  CHECK(wire.session().finished());
  CHECK(targets_of(wire.dispatcher.seen) == "/a");
}

TEST_CASE("draining a session that has finished changes nothing") {
  Wire wire;
  wire.send("GET / HTTP/1.1\r\n\r\n");
  const std::string before = wire.output();
  wire.session().drain();
  wire.pump();
  CHECK(wire.session().finished());
  CHECK(wire.session().must_linger());
  CHECK(wire.output() == before);
}

TEST_CASE("a drained session still keeps its deadlines") {
  Wire wire;
  wire.send(kPartOfHead);
  wire.session().drain();
  wire.wait_for(seconds(10));
  CHECK(statuses(wire) == "408");
  CHECK(wire.session().finished());
}

// RFC 9112 9.6: what a client sends that does not know of the end yet would reset the answer away.
TEST_CASE("a session lingers when it ends what its client would keep, and only then") {
  struct Row {
    std::string head;
    bool client_keeps;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.head);
    Wire drained;
    drained.dispatcher.deferred = true;
    drained.send(row.head);
    drained.session().drain();
    drained.dispatcher.answer_waiting();
    drained.pump();
    CHECK(drained.session().finished());
    CHECK(drained.session().must_linger() == row.client_keeps);

    Wire ended_by_handler;
    ended_by_handler.dispatcher.respond = [](server::Exchange& exchange) {
      exchange.close_requested = true;
      echo(exchange);
    };
    ended_by_handler.send(row.head);
    CHECK(read_answers(ended_by_handler.output()).list.at(0).closes());
    CHECK(ended_by_handler.session().finished());
    CHECK(ended_by_handler.session().must_linger() == row.client_keeps);

    Wire undisturbed;
    undisturbed.send(row.head);
    CHECK(undisturbed.session().finished() == !row.client_keeps);
    CHECK_FALSE(undisturbed.session().must_linger());
  }
}

TEST_CASE("a connection that is lost while a handler works is reported, and its context undone") {
  struct Context final : server::HandlerContext {
    explicit Context(bool& flag) : gone(flag) {}
    ~Context() override { gone = true; }
    bool& gone;
  };
  bool gone = false;
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/a"));
  REQUIRE(wire.dispatcher.waiting != nullptr);
  wire.dispatcher.waiting->context = std::make_unique<Context>(gone);
  wire.destroy_session();
  CHECK(gone);
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.ended[0].target == "/a");
  CHECK(wire.ended[0].aborted);
}

TEST_CASE("a connection that is lost with an answer in its queue is reported as aborted") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(get("/a"));
  wire.dispatcher.answer_waiting();  // answered, not yet produced
  wire.destroy_session();
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.ended[0].aborted);
}

TEST_CASE("a connection that is lost outside of exchanges reports none") {
  for (const std::string& stream : {std::string(), kPartOfHead, get("/a")}) {
    CAPTURE(stream);
    Wire wire;
    wire.send(stream);
    const std::size_t before = wire.ended.size();
    wire.destroy_session();
    CHECK(wire.ended.size() == before);
  }
}

TEST_CASE("refusals are reported too, once") {
  Wire wire;
  wire.send("GET /a HTTP/1.1\r\n\r\n");
  wire.destroy_session();
  REQUIRE(wire.ended.size() == 1);
  CHECK(wire.ended[0].status == 400);
  CHECK_FALSE(wire.ended[0].aborted);
}
