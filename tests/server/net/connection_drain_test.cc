// Goal: draining loses no request that its client had sent by then, and resets nobody. Method: the
// test turns the loop, so that it knows what the loop has and has not seen when draining begins;
// both engines.
#include <doctest/doctest.h>

#include <string>

#include "tests/server/http/answer_reader.h"
#include "tests/server/net/turned_loop.h"

namespace {

using http_test::read_answers;
using test::LoopClient;
using test::on_turned_loops;
using test::TurnedLoop;

// Draining begins: between two turns, or within one, where a server begins it.
template <typename Check>
void on_each_engine_and_way(Check check) {
  for (const bool within_turn : {false, true}) {
    CAPTURE(within_turn);
    on_turned_loops([&](TurnedLoop& loop) {
      check(loop, [&loop, within_turn] {
        if (within_turn) {
          loop.post_drain();
        } else {
          loop.connections().drain();
        }
      });
    });
  }
}

// It got this one answer, was told that it is the last, and the end was orderly.
void check_last_answer(TurnedLoop& loop, LoopClient& client, const std::string& body,
                       std::size_t index = 0) {
  CHECK(loop.turn_until_ended(client));
  CHECK_FALSE(client.reset());
  const auto answers = read_answers(client.received());
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == index + 1);
  CHECK(answers.list[index].status == 200);
  CHECK(answers.list[index].body == body);
  CHECK(answers.list[index].closes());
}

}  // namespace

TEST_CASE("an idle connection is closed, not reset") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient used = loop.connect_and_accept();
    used.send(test::get_request("/a"));
    REQUIRE(loop.turn_until_received(used, "/a"));
    LoopClient fresh = loop.connect_and_accept();
    loop.turn();
    drain();
    CHECK(loop.turn_until_ended(used));
    CHECK_FALSE(used.reset());
    CHECK(loop.turn_until_ended(fresh));
    CHECK_FALSE(fresh.reset());
    CHECK(fresh.received().empty());
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
  });
}

// It had been sent, perhaps received, and nobody had looked at it: the client got no answer, and a
// reset on top when it lay in the kernel.
TEST_CASE("a request that a kept connection has just sent is answered") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/a"));
    REQUIRE(loop.turn_until_received(client, "/a"));
    client.send(test::get_request("/b"));
    drain();
    check_last_answer(loop, client, "/b", 1);
  });
}

TEST_CASE("a request that a new connection has just sent is answered") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/a"));
    drain();
    check_last_answer(loop, client, "/a");
  });
}

TEST_CASE("a connection that is accepted while draining has its one exchange") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    drain();
    loop.turn();
    LoopClient client = loop.connect();
    client.send(test::get_request("/a") + test::get_request("/b"));
    loop.accept();
    check_last_answer(loop, client, "/a");
    CHECK(loop.counters.exchanges.value() == 1);
  });
}

TEST_CASE("a request of which a part is there may be finished") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient client = loop.connect_and_accept();
    const std::string request = test::get_request("/a");
    client.send(request.substr(0, 9));
    drain();
    loop.turn();
    loop.turn();
    loop.turn();
    client.send(request.substr(9));
    check_last_answer(loop, client, "/a");
  });
}

TEST_CASE("empty lines are no request, but what follows them at once is") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient client = loop.connect_and_accept();
    LoopClient silent = loop.connect_and_accept();
    client.send("\r\n\r\n" + test::get_request("/a"));
    silent.send("\r\n\r\n");
    drain();
    check_last_answer(loop, client, "/a");
    CHECK(loop.turn_until_ended(silent));
    CHECK(silent.received().empty());
  });
}

TEST_CASE("of several requests in hand the first is the last: the others may be sent again") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/a") + test::get_request("/b"));
    drain();
    check_last_answer(loop, client, "/a");
    CHECK(loop.counters.exchanges.value() == 1);
  });
}

TEST_CASE("who goes on sending reads the whole of the last answer") {
  on_each_engine_and_way([](TurnedLoop& loop, const auto& drain) {
    loop.handler.padding = std::string(200'000, 'p');
    server::Exchange* waiting = nullptr;
    const auto respond = loop.handler.respond;
    loop.handler.respond = [&](server::Exchange& exchange) { waiting = &exchange; };
    LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/a"));
    REQUIRE(loop.turn_until([&] { return waiting != nullptr; }));
    drain();
    for (int i = 0; i < 1000; ++i) client.send(test::get_request("/more"));
    loop.turn();
    respond(*waiting);
    for (int i = 0; i < 1000; ++i) client.send(test::get_request("/more"));
    check_last_answer(loop, client, "/a" + loop.handler.padding);
    CHECK(loop.counters.exchanges.value() == 1);
    client.close();
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
  });
}
