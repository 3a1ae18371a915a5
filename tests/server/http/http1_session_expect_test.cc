// Goal: a client that waits to be told whether its content is wanted (RFC 9110 10.1.1) is told at
// once: 100 (Continue) when a handler wants it, the final answer when not, 417 when it expects what
// we do not know. Method: bytes into a session, bytes out, read by a reader of our own.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/recording_sink.h"

using namespace http_test;

namespace {

const std::string kExpect = "Expect: 100-continue\r\n";
const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string statuses(const Wire& wire) {
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  return statuses_of(answers);
}

}  // namespace

TEST_CASE("a sink wants the content: 100 at once, then the answer; the connection goes on") {
  for (const std::string fields :
       {"Expect: 100-continue\r\n", "expect: 100-Continue\r\n", "Expect:100-CONTINUE \r\n",
        "Expect: 100-continue\r\nExpect: 100-continue\r\n",
        "Expect:\r\nExpect: 100-continue\r\n"}) {
    CAPTURE(fields);
    SinkWire test;
    test.wire.send(post(fields + "Content-Length: 5\r\n", ""));
    CHECK(test.wire.output() == kContinue);
    test.wire.pump();
    test.wire.send("he");
    test.wire.pump();
    CHECK(test.wire.output() == kContinue);
    test.wire.send("llo");
    CHECK(statuses(test.wire) == "100 200");
    CHECK(test.record.log == "[hello|end]start");
    // The next request expects nothing.
    test.wire.send(with_length("again"));
    CHECK(statuses(test.wire) == "100 200 200");
    CHECK(test.wire.session().quiescent());
  }
}

TEST_CASE("a body in chunks is waited for as well") {
  SinkWire test;
  test.wire.send(post(kExpect + "Transfer-Encoding: chunked\r\n", ""));
  CHECK(test.wire.output() == kContinue);
  test.wire.send(chunk("hello") + "0\r\n\r\n");
  CHECK(statuses(test.wire) == "100 200");
  CHECK(test.record.log == "[hello|end]start");
}

TEST_CASE("100 goes out once and in front, also to a client that does not wait for it") {
  for (const std::size_t cut : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CAPTURE(cut);
    SinkWire test;
    test.wire.next_cut = [cut](std::size_t) { return cut; };
    test.wire.send(get("/a") + post(kExpect + "Content-Length: 5\r\n", "hello") + get("/b"));
    CHECK(statuses(test.wire) == "200 100 200 200");
    CHECK(targets_of(test.wire.dispatcher.seen) == "/a /p /b");
  }
}

TEST_CASE("a handler that answers in open_body says no: no 100, and the content is never read") {
  SinkWire test;
  test.wire.dispatcher.open = [&](server::Exchange& exchange) {
    test.open_sink(exchange);
    server::respond_with_status(exchange, 403);
  };
  test.wire.send(post(kExpect + "Content-Length: 29\r\n", get("/in")) + get("/next"));
  CHECK(statuses(test.wire) == "403");
  CHECK(read_answers(test.wire.output()).list.at(0).closes());
  CHECK(test.wire.session().must_linger());
  CHECK(test.wire.dispatcher.seen.empty());
  CHECK(test.record.log == "[");
}

TEST_CASE("a handler without a sink answers from the head alone, also when it needs time") {
  Wire wire;
  wire.dispatcher.deferred = true;
  wire.send(post(kExpect + "Content-Length: 29\r\n", get("/in")) + get("/next"));
  CHECK(wire.output().empty());
  CHECK_FALSE(wire.session().wants_input());
  CHECK((wire.session().deadline() == core::kNever));
  wire.dispatcher.answer_waiting();
  wire.pump();
  CHECK(statuses(wire) == "200");
  CHECK(read_answers(wire.output()).list.at(0).closes());
  CHECK(wire.session().must_linger());
  CHECK(targets_of(wire.dispatcher.seen) == "/p");
}

TEST_CASE("what is refused by its head is refused without 100") {
  SinkWire test;
  test.wire.send(post(kExpect + "Content-Length: 1000001\r\n", ""));
  CHECK(statuses(test.wire) == "413");
  CHECK(test.record.opened == 0);
}

TEST_CASE("without content there is nothing to wait for: no 100") {
  SinkWire test;
  test.wire.send(get("/a", kExpect) + post(kExpect + "Content-Length: 0\r\n", "") + get("/b"));
  CHECK(statuses(test.wire) == "200 200 200");
  CHECK(test.record.opened == 0);
}

TEST_CASE("any other expectation is 417, with and without content, and nothing is run") {
  for (const std::string expectation :
       {"Expect: 200-ok\r\n", "Expect: 100-continue, x\r\n", "Expect: x, 100-continue\r\n",
        "Expect: 100-continu\r\n", "Expect: 100-continue;q=1\r\n", "Expect: \"100-continue\"\r\n",
        "Expect: 100 continue\r\n"}) {
    for (const std::string length : {"", "Content-Length: 5\r\n"}) {
      CAPTURE(expectation);
      SinkWire test;
      test.wire.send(post(expectation + length, "") + get("/next"));
      CHECK(statuses(test.wire) == "417");
      CHECK(read_answers(test.wire.output()).list.at(0).closes());
      CHECK(test.wire.dispatcher.seen.empty());
      CHECK(test.record.opened == 0);
      CHECK(test.wire.session().must_linger());
    }
  }
}

TEST_CASE("RFC 9110 10.1.1: in HTTP/1.0 an expectation is ignored") {
  for (const std::string expectation : {"100-continue", "something-else"}) {
    CAPTURE(expectation);
    SinkWire test;
    const std::string head =
        "POST /p HTTP/1.0\r\nExpect: " + expectation + "\r\nContent-Length: 5\r\n\r\n";
    test.wire.send(head);
    CHECK(test.wire.output().empty());
    test.wire.send("hello");
    CHECK(statuses(test.wire) == "200");
    CHECK(test.record.log == "[hello|end]start");
  }
}

TEST_CASE("a client that was told to go on and does not is 408") {
  SinkWire test;
  test.wire.send(post(kExpect + "Content-Length: 5\r\n", ""));
  test.wire.wait_for(std::chrono::seconds(20));
  CHECK(statuses(test.wire) == "100 408");
  CHECK(test.record.gone == 1);
}

TEST_CASE("a client that was told to go on and leaves is reported once") {
  SinkWire test;
  test.wire.send(post(kExpect + "Content-Length: 5\r\n", ""));
  test.wire.end_input();
  CHECK(test.wire.output() == kContinue);
  REQUIRE(test.wire.ended.size() == 1);
  CHECK(test.wire.ended[0].aborted);
  CHECK(test.record.gone == 1);
}

TEST_CASE("draining between 100 and the content still takes the content") {
  SinkWire test;
  test.wire.send(post(kExpect + "Content-Length: 5\r\n", ""));
  test.wire.session().drain();
  test.wire.send("hello");
  CHECK(statuses(test.wire) == "100 200");
  CHECK(read_answers(test.wire.output()).list.at(1).closes());
  CHECK(test.wire.session().finished());
}
