// Goal: nobody smuggles. Whatever two servers could frame differently ends the connection with its
// status, and nothing behind it reaches a handler; what is merely unusual is served. Method: the
// corpus, alone and behind a good request, with a request to be smuggled at its end; answers are
// read by a reader of our own.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/http/corpus.h"
#include "tests/server/http/wire.h"

using namespace http_test;

namespace {

void check_refused(const RefusedCase& one) {
  CAPTURE(one.name);
  Wire wire;
  wire.send(one.bytes + get("/smuggled"));
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  CHECK(statuses_of(answers) == std::to_string(one.status));
  REQUIRE(answers.list.size() == 1);
  CHECK(answers.list[0].closes());
  CHECK_FALSE(answers.list[0].body.empty());  // a person sees why
  CHECK(targets_of(wire.dispatcher.seen) == "");
  CHECK(wire.session().finished());
  CHECK(wire.session().must_linger());
  CHECK_FALSE(wire.session().wants_input());

  // Later bytes change nothing: they are read away.
  const std::string before = wire.output();
  const std::string late = get("/late");
  CHECK(wire.session().receive(std::as_bytes(std::span(late)), wire.now) == late.size());
  wire.pump();
  CHECK(wire.output() == before);
  CHECK(targets_of(wire.dispatcher.seen) == "");
}

void check_refused_behind_a_good_one(const RefusedCase& one) {
  CAPTURE(one.name);
  Wire wire;
  wire.send(get("/first") + one.bytes + get("/smuggled"));
  const Answers answers = read_answers(wire.output());
  CHECK(answers.problem == "");
  CHECK(statuses_of(answers) == "200 " + std::to_string(one.status));
  CHECK(targets_of(wire.dispatcher.seen) == "/first");
  CHECK(wire.session().finished());
}

void check_accepted(const AcceptedCase& one) {
  CAPTURE(one.name);
  Wire wire;
  wire.send(one.bytes);
  CHECK(targets_of(wire.dispatcher.seen) == one.targets);
  CHECK_FALSE(wire.session().finished());
  CHECK(wire.session().quiescent());
  CHECK(wire.input_left() == 0);
  for (const EndedExchange& end : wire.ended) {
    CHECK(end.status == 200);
    CHECK_FALSE(end.aborted);
  }
  CHECK(wire.ended.size() == wire.dispatcher.seen.size());
}

}  // namespace

TEST_CASE("every row of the table of what llhttp 8.1.0 lets through is refused") {
  for (const RefusedCase& one : deploy_table()) check_refused(one);
}

TEST_CASE("request lines and fields that are refused") {
  for (const RefusedCase& one : refused_heads()) check_refused(one);
}

TEST_CASE("framing that is refused") {
  for (const RefusedCase& one : refused_bodies()) check_refused(one);
}

TEST_CASE("what is refused alone is refused behind a good request, which is answered") {
  for (const RefusedCase& one : all_refused()) check_refused_behind_a_good_one(one);
}

TEST_CASE("unusual but clear requests are served, and the connection goes on") {
  for (const AcceptedCase& one : all_accepted()) check_accepted(one);
}

TEST_CASE("a HEAD request that is refused before its method was known gets no content") {
  for (const std::string rest :
       {" / HTTP/2.0\r\n\r\n", " / HTTP/1,1\r\n\r\n", " /\n", " / HTTP/1.1\r\n Host: x\r\n\r\n"}) {
    CAPTURE(rest);
    Wire wire;
    wire.send("HEAD" + rest);
    CHECK(read_answers(wire.output(), {0}).problem == "");
    CHECK(wire.output().ends_with("\r\n\r\n"));
  }
}

TEST_CASE("a second accepted body does not remember the first's framing") {
  // The parser's state is taken from a pool and used again.
  Wire wire;
  wire.send(chunked("5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"));
  wire.send(get("/a"));
  wire.send(post("Content-Length: 5\r\n", "hello"));
  wire.send(get("/b"));
  CHECK(targets_of(wire.dispatcher.seen) == "/p /a /p /b");
  CHECK(read_answers(wire.output()).problem == "");
}
