// Goal: a handler that opens a sink gets exactly the request's content, in order, and learns how it
// ended: whole, refused, or left behind by its client; one without room is not pushed, and its
// client does not pay for that. Method: bytes into a session, cut in every way; the sink writes
// down what it is given; the clock is the test's.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/recording_sink.h"

using namespace http_test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::string statuses(const Wire& wire) {
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  return statuses_of(answers);
}

// The ways to cut what a client sends: whole, byte by byte, by seven, and once at `at`.
std::vector<Wire::NextCut> all_cuts(std::size_t size) {
  std::vector<Wire::NextCut> cuts = {
      [](std::size_t available) { return available; },
      [](std::size_t) { return std::size_t{1}; },
      [](std::size_t) { return std::size_t{7}; },
  };
  for (std::size_t at = 1; at < size; ++at) {
    cuts.emplace_back(
        [size, at](std::size_t left) { return left > size - at ? left - (size - at) : left; });
  }
  return cuts;
}

const std::string kGoodChunks = chunked(chunk("hello ") + chunk("world") + "0\r\n\r\n");
const std::string kGoodLength = with_length("hello world");

}  // namespace

TEST_CASE("a sink gets the content in order, its end once, and then the request is started") {
  struct Row {
    std::string bytes;
    std::string log;
  };
  const Row rows[] = {
      {kGoodLength, "[hello world|end]start"},
      {kGoodChunks, "[hello world|end]start"},
      {chunked(chunk("hello") + "0\r\nX: y\r\n\r\n"), "[hello|end]start"},
      {chunked("0\r\n\r\n"), "[|end]start"},
      // Content that looks like requests and chunks is content.
      {with_length(get("/in")), "[" + get("/in") + "|end]start"},
      {chunked(chunk("0\r\n\r\n") + "0\r\n\r\n"), "[0\r\n\r\n|end]start"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bytes);
    const std::string stream = row.bytes + get("/next");
    for (const Wire::NextCut& cut : all_cuts(stream.size())) {
      SinkWire test;
      test.wire.next_cut = cut;
      test.wire.send(stream);
      REQUIRE(test.record.log == row.log);
      REQUIRE(statuses(test.wire) == "200 200");
      CHECK(targets_of(test.wire.dispatcher.seen) == "/p /next");
      CHECK(test.record.opened == 1);
      CHECK(test.record.gone == 1);  // with its exchange
      CHECK(test.wire.session().quiescent());
    }
  }
}

TEST_CASE("requests without content open no body") {
  SinkWire test;
  test.wire.send(get("/a") + with_length("") + get("/b"));
  CHECK(test.record.opened == 0);
  CHECK(statuses(test.wire) == "200 200 200");
}

TEST_CASE("bodies behind one another have a sink each") {
  SinkWire test;
  test.wire.send(kGoodLength + kGoodChunks + kGoodLength);
  CHECK(test.record.log == "[hello world|end]start[hello world|end]start[hello world|end]start");
  CHECK(test.record.opened == 3);
  CHECK(test.record.gone == 3);
  CHECK(statuses(test.wire) == "200 200 200");
}

TEST_CASE("a body that is refused takes the handler's context with it, and nothing is started") {
  server::HttpLimits limits = small_limits();
  limits.body_bytes_max = 8;
  struct Row {
    std::string name;
    std::string bytes;
    std::string status;
    std::string log;
  };
  const Row rows[] = {
      {"broken chunk", chunked(chunk("hello") + "x"), "400", "[hello"},
      {"too large", chunked(chunk("hello") + "4\r\n"), "413", "[hello"},
      {"broken trailers", chunked(chunk("hello") + "0\r\n X: y\r\n\r\n"), "400", "[hello"},
      {"forbidden trailer", chunked(chunk("hello") + "0\r\nHost: y\r\n\r\n"), "400", "[hello"},
      {"trailers too long", chunked(chunk("hello") + "0\r\nX: " + std::string(8200, 'x')), "431",
       "[hello"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string stream = row.bytes + get("/smuggled");
    const bool is_long = stream.size() > 1000;
    for (const Wire::NextCut& cut : all_cuts(is_long ? 0 : stream.size())) {
      SinkWire test(limits);
      test.wire.next_cut = cut;
      test.wire.send(stream);
      REQUIRE(statuses(test.wire) == row.status);
      CHECK(read_answers(test.wire.output()).list.at(0).closes());
      CHECK(test.record.log == row.log);
      CHECK(test.record.gone == 1);
      CHECK(test.wire.dispatcher.seen.empty());
      CHECK(test.wire.session().finished());
      CHECK(test.wire.session().must_linger());
      REQUIRE(test.wire.ended.size() == 1);
      CHECK_FALSE(test.wire.ended[0].aborted);
    }
  }
}

TEST_CASE("the context goes when the refusal is made, not when its answer has been sent") {
  SinkWire test;
  test.wire.socket_is_full = true;
  test.wire.send(chunked(chunk("hello") + "x"));
  CHECK(test.record.gone == 1);
}

TEST_CASE("a body that stops is 408, and takes the handler's context with it") {
  SinkWire test;
  test.wire.send(post("Content-Length: 5\r\n", "he"));
  test.wire.wait_for(milliseconds(19'999));
  CHECK(test.record.gone == 0);
  test.wire.wait_for(milliseconds(1));
  CHECK(test.record.gone == 1);
  CHECK(test.record.log == "[he");
  CHECK(statuses(test.wire) == "408");
  CHECK(test.wire.session().must_linger());
  CHECK(test.wire.dispatcher.seen.empty());
}

TEST_CASE("a client that leaves in the middle of its body: the context goes, reported once") {
  const std::function<void(Wire&)> ways[] = {[](Wire& wire) { wire.end_input(); },
                                             [](Wire& wire) { wire.destroy_session(); },
                                             [](Wire& wire) {
                                               wire.end_input();
                                               wire.destroy_session();
                                             }};
  for (const auto& leave : ways) {
    SinkWire test;
    test.wire.send(post("Content-Length: 5\r\n", "he"));
    CHECK(test.record.gone == 0);
    leave(test.wire);
    CHECK(test.record.gone == 1);
    CHECK(test.record.log == "[he");
    CHECK(test.wire.output().empty());
    CHECK(test.wire.dispatcher.seen.empty());
    REQUIRE(test.wire.ended.size() == 1);
    CHECK(test.wire.ended[0].aborted);
    CHECK(test.wire.ended[0].target == "/p");
  }
}

TEST_CASE("draining lets a body come to its end, and says that it was the last") {
  SinkWire test;
  test.wire.send(post("Content-Length: 5\r\n", "he"));
  test.wire.session().drain();
  test.wire.send("llo" + get("/next"));
  CHECK(test.record.log == "[hello|end]start");
  CHECK(statuses(test.wire) == "200");
  CHECK(read_answers(test.wire.output()).list.at(0).closes());
  CHECK(test.wire.session().finished());
  CHECK(test.wire.session().must_linger());
}

TEST_CASE("a sink without room stops the reading, and its client's clock") {
  SinkWire test;
  test.wire.send(post("Content-Length: 10\r\n", ""));
  test.record.on_content = [&] { test.record.has_room = false; };
  test.wire.next_cut = [](std::size_t) { return std::size_t{2}; };
  test.wire.send("0123456789");
  CHECK(test.record.log == "[01");  // what came with that piece was taken
  CHECK(test.wire.input_left() == 8);
  CHECK_FALSE(test.wire.session().wants_input());
  CHECK((test.wire.session().deadline() == core::kNever));
  test.wire.wait_for(std::chrono::hours(1));
  CHECK(test.wire.output().empty());

  // Told to go on, its owner is woken; the client has its whole time again.
  const std::size_t calls = test.wire.ready_calls();
  test.record.has_room = true;
  test.record.exchange->resume_body();
  CHECK(test.wire.ready_calls() == calls + 1);
  test.record.on_content = [] {};
  test.wire.next_cut = [](std::size_t) { return std::size_t{1}; };
  test.wire.pump();
  CHECK(test.record.log == "[0123456789|end]start");
  CHECK(statuses(test.wire) == "200");
  CHECK(test.wire.session().quiescent());
}

TEST_CASE("after back-pressure the body's time counts anew") {
  SinkWire test;
  test.record.on_content = [&] { test.record.has_room = false; };
  test.wire.send(post("Content-Length: 10\r\n", "0"));
  test.wire.wait_for(seconds(500));
  // Woken for nothing, it goes on waiting.
  test.record.exchange->resume_body();
  test.wire.wait_for(seconds(500));
  CHECK(test.wire.output().empty());
  test.record.has_room = true;
  test.record.exchange->resume_body();
  test.wire.pump();
  CHECK(test.wire.session().wants_input());
  test.wire.wait_for(milliseconds(19'999));
  CHECK(test.wire.output().empty());
  test.wire.wait_for(milliseconds(1));
  CHECK(statuses(test.wire) == "408");
}

// Its client was sent 408 after body_timeout, for not sending what nobody read.
TEST_CASE("a sink that has no room from the beginning is waited for too") {
  SinkWire test;
  test.record.has_room = false;
  test.wire.send(post("Content-Length: 5\r\n", "hello"));
  CHECK_FALSE(test.wire.session().wants_input());
  CHECK((test.wire.session().deadline() == core::kNever));
  test.wire.wait_for(std::chrono::hours(1));
  CHECK(test.wire.output().empty());
  test.record.has_room = true;
  test.record.exchange->resume_body();
  test.wire.pump();
  CHECK(test.record.log == "[hello|end]start");
  CHECK(statuses(test.wire) == "200");
}

TEST_CASE("a sink that loses its room between two pieces is waited for too") {
  SinkWire test;
  test.wire.send(post("Content-Length: 5\r\n", "he"));
  test.record.has_room = false;  // it filled up by other means
  CHECK_FALSE(test.wire.session().wants_input());
  test.wire.wait_for(seconds(30));
  CHECK(test.wire.output().empty());
  CHECK((test.wire.session().deadline() == core::kNever));
  test.wire.wait_for(seconds(30));
  test.record.has_room = true;
  test.record.exchange->resume_body();
  test.wire.send("llo");
  CHECK(statuses(test.wire) == "200");
}

TEST_CASE("a client that leaves while its body waits for room is reported once") {
  SinkWire test;
  test.record.has_room = false;
  test.wire.send(post("Content-Length: 5\r\n", "he"));
  test.wire.destroy_session();
  CHECK(test.record.gone == 1);
  REQUIRE(test.wire.ended.size() == 1);
  CHECK(test.wire.ended[0].aborted);
}

TEST_CASE("a refusal in the middle of a body holds nothing of what its handler had prepared") {
  SinkWire test;
  test.wire.dispatcher.open = [&](server::Exchange& exchange) {
    test.open_sink(exchange);
    exchange.response.fields.add("X-Half", "done");
    exchange.close_requested = true;
  };
  test.wire.send(chunked("5\r\nhello\rX"));
  const Answers answers = read_answers(test.wire.output());
  CHECK(statuses_of(answers) == "400");
  CHECK(test.wire.output().find("X-Half") == std::string::npos);
}
