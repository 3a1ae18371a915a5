// Goal: a handler that answers before the content has ended gets its answer out, the client learns
// that it is the last one, and nothing that follows is taken for a request. Method: answers from
// within open_body(), from within a sink and later, at every cutting of what the client sends.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/recording_sink.h"

using namespace http_test;

namespace {

const std::string kUpload = post("Content-Length: 60\r\n", get("/in") + get("/in"));

void refuse_it(server::Exchange& exchange) { server::respond_with_status(exchange, 403); }

void check_was_the_last(Wire& wire, const std::string& status) {
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  CHECK(statuses_of(answers) == status);
  CHECK(answers.list.at(0).closes());
  CHECK(wire.session().finished());
  CHECK(wire.session().must_linger());
  CHECK_FALSE(wire.session().wants_input());
  CHECK((wire.session().deadline() == core::kNever));
  CHECK(wire.dispatcher.seen.empty());
  REQUIRE(wire.ended.size() == 1);
  CHECK_FALSE(wire.ended[0].aborted);

  // What the client still sends is read away.
  const std::string before = wire.output();
  const std::string late = get("/late");
  CHECK(wire.session().receive(std::as_bytes(std::span(late)), wire.now) == late.size());
  wire.pump();
  CHECK(wire.output() == before);
  CHECK(wire.dispatcher.seen.empty());
}

}  // namespace

TEST_CASE("answered in open_body: at once, and nothing behind the head is looked at") {
  for (const bool with_sink : {false, true}) {
    for (const std::size_t cut : {std::size_t{1}, std::size_t{1000}}) {
      CAPTURE(with_sink);
      CAPTURE(cut);
      SinkWire test;
      test.wire.next_cut = [cut](std::size_t) { return cut; };
      test.wire.dispatcher.open = [&](server::Exchange& exchange) {
        if (with_sink) test.open_sink(exchange);
        refuse_it(exchange);
      };
      test.wire.send(kUpload + get("/smuggled"));
      check_was_the_last(test.wire, "403");
      CHECK(test.record.gone == test.record.opened);
      CHECK(test.record.log == (with_sink ? "[" : ""));
    }
  }
}

TEST_CASE("answered by the sink in the middle: the rest of the body is not taken") {
  for (std::size_t cut = 1; cut < 60; ++cut) {
    CAPTURE(cut);
    SinkWire test;
    test.wire.send(post("Content-Length: 60\r\n", ""));
    test.record.on_content = [&] {
      if (!test.record.exchange->responded()) refuse_it(*test.record.exchange);
    };
    test.wire.next_cut = [cut](std::size_t) { return cut; };
    test.wire.send(get("/in") + get("/in") + get("/smuggled"));
    check_was_the_last(test.wire, "403");
    CHECK(test.record.log.size() == 1 + cut);
    CHECK(test.record.gone == 1);
  }
}

TEST_CASE("answered later, while the client says nothing or has no room") {
  for (const bool has_room : {true, false}) {
    CAPTURE(has_room);
    SinkWire test;
    test.wire.send(post("Content-Length: 60\r\n", "he"));
    test.record.has_room = has_room;
    test.wire.pump();
    const std::size_t calls = test.wire.ready_calls();
    refuse_it(*test.record.exchange);
    CHECK(test.wire.ready_calls() == calls + 1);
    test.wire.pump();
    check_was_the_last(test.wire, "403");
  }
}

TEST_CASE("a client that ends its side before it has read the early answer still gets it") {
  SinkWire test;
  test.wire.send(post("Content-Length: 60\r\n", "he"));
  refuse_it(*test.record.exchange);
  test.wire.end_input();
  CHECK(statuses_of(read_answers(test.wire.output())) == "403");
  CHECK(test.wire.session().finished());
}

// It went on when the end of the body had come in the same piece, and ended when it had not.
TEST_CASE("answered with the last of the content: the connection ends, however the body was cut") {
  for (const std::string& body : {with_length("hello"), chunked(chunk("hello") + "0\r\n\r\n")}) {
    for (const std::size_t cut : {std::size_t{1}, std::size_t{1000}}) {
      CAPTURE(body);
      CAPTURE(cut);
      SinkWire test;
      test.wire.next_cut = [cut](std::size_t) { return cut; };
      test.record.on_content = [&] {
        if (test.record.log.ends_with("o")) refuse_it(*test.record.exchange);
      };
      test.wire.send(body + get("/smuggled"));
      check_was_the_last(test.wire, "403");
    }
  }
}

TEST_CASE("answered, and then the rest of the piece turns out to be broken: one answer, the last") {
  SinkWire test;
  test.record.on_content = [&] { refuse_it(*test.record.exchange); };
  test.wire.send(chunked(chunk("hello") + "x\r\n" + get("/smuggled")));
  const Answers answers = read_answers(test.wire.output());
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == 1);
  CHECK(answers.list[0].closes());
  CHECK(test.wire.session().finished());
  CHECK(test.wire.session().must_linger());
  CHECK(test.wire.ended.size() == 1);
  CHECK(test.wire.dispatcher.seen.empty());
  CHECK(test.record.gone == 1);
}

TEST_CASE("the answer to a request in front goes out first") {
  SinkWire test;
  test.wire.dispatcher.open = refuse_it;
  test.wire.send(get("/first") + kUpload + get("/smuggled"));
  const Answers answers = read_answers(test.wire.output());
  CHECK(answers.problem == "");
  CHECK(statuses_of(answers) == "200 403");
  CHECK(targets_of(test.wire.dispatcher.seen) == "/first");
}
