// Goal: what clients do not take, or do not finish, has a limit: for one connection and for all of
// a loop. Whoever is at it waits and loses nothing; whoever holds nothing is served all the same.
// Method: a loop that the test turns, with little memory; clients that do not read; both engines.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/http/answer_reader.h"
#include "tests/server/net/turned_loop.h"

namespace {

using http_test::read_answers;
using server::Connection;
using test::LoopClient;
using test::TurnedLoop;

template <typename Check>
void on_each_engine(std::size_t memory_bytes_max, Check check) {
  test::on_turned_loops(check, memory_bytes_max);
}

// "/1" to "/<count>".
std::string numbered_requests(std::size_t count) {
  std::string requests;
  for (std::size_t i = 1; i <= count; ++i) requests += test::get_request("/" + std::to_string(i));
  return requests;
}

void check_all_answers(TurnedLoop& loop, LoopClient& client, std::size_t count) {
  REQUIRE(loop.turn_until_received(client, "/" + std::to_string(count) + loop.handler.padding));
  const auto answers = read_answers(client.received());
  CHECK(answers.problem == "");
  REQUIRE(answers.list.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    REQUIRE(answers.list[i].body == "/" + std::to_string(i + 1) + loop.handler.padding);
  }
}

void check_is_served(TurnedLoop& loop, LoopClient& client, const std::string& target) {
  client.send(test::get_request(target));
  CHECK(loop.turn_until_received(client, target + loop.handler.padding));
}

constexpr int kSmallBuffers = 16 * 1024;
constexpr std::size_t kLittle = std::size_t{64} * 1024;

// A client that has asked for much more than it reads: the loop's memory is used up, the kernel's
// buffers are full, and nothing moves any more.
LoopClient use_up_memory(TurnedLoop& loop, std::size_t requests) {
  LoopClient client = loop.connect_and_accept(kSmallBuffers);
  client.send(numbered_requests(requests));
  std::uint64_t pauses = 0;
  int still = 0;
  REQUIRE(loop.turn_until([&] {
    client.step_sending();
    const std::uint64_t now = loop.counters.memory_pauses.value();
    still = now > 0 && now == std::exchange(pauses, now) ? still + 1 : 0;
    return still == 10;
  }));
  REQUIRE(loop.memory_bytes() >= kLittle);
  return client;
}

}  // namespace

TEST_CASE("a client that pipelines without reading is held back, in order, and others are served") {
  on_each_engine(server::BufferMemory::kBytesMax, [](TurnedLoop& loop) {
    constexpr std::size_t kCount = 10'000;  // 5 MB of answers to 350 kB of requests
    loop.handler.padding = std::string(500, 'p');
    LoopClient greedy = loop.connect_and_accept(kSmallBuffers);
    greedy.send(test::get_request("/1"));
    REQUIRE(loop.turn_until_received(greedy, loop.handler.padding));
    greedy.send(numbered_requests(kCount).substr(test::get_request("/1").size()));
    REQUIRE(loop.turn_until([&] {
      greedy.step_sending();
      return loop.counters.pipeline_pauses.value() > 0;
    }));
    // Everything that the kernel takes of it is taken, and then no more.
    LoopClient other = loop.connect_and_accept();
    for (int i = 0; i < 100; ++i) {
      greedy.step_sending();
      other.send(test::get_request("/other" + std::to_string(i)));
      REQUIRE(loop.turn_until_received(other, std::to_string(i) + loop.handler.padding));
    }
    CHECK(greedy.unsent_bytes() > 0);
    CHECK(loop.counters.exchanges.value() < kCount / 2);
    // An answer more than the limit, the backlog, and what the kernel had in hand.
    CHECK(loop.memory_peak() <
          Connection::kOutputBytesMax + Connection::kBacklogBytesMax + std::size_t{128} * 1024);
    check_all_answers(loop, greedy, kCount);
    CHECK(loop.memory_bytes() == 0);
  });
}

TEST_CASE("without memory a connection that holds nothing is served, one request after the other") {
  on_each_engine(kLittle, [](TurnedLoop& loop) {
    loop.handler.padding = std::string(2000, 'p');
    constexpr std::size_t kCount = 500;
    LoopClient greedy = use_up_memory(loop, kCount);
    LoopClient modest = loop.connect_and_accept();
    for (int i = 0; i < 20; ++i) {
      check_is_served(loop, modest, "/modest" + std::to_string(i));
      CHECK(loop.memory_bytes() >= kLittle);
    }
    // Several at once are answered too, one after the other.
    modest.send(test::get_request("/x") + test::get_request("/y") + test::get_request("/z"));
    CHECK(loop.turn_until_received(modest, "/z" + loop.handler.padding));
    CHECK(read_answers(modest.received()).problem == "");
    // What the loop holds is the limit, one answer and one buffer for each connection.
    CHECK(loop.memory_peak() < kLittle + std::size_t{128} * 1024);
    check_all_answers(loop, greedy, kCount);
    CHECK(loop.memory_bytes() == 0);
  });
}

TEST_CASE("without memory a head that is not complete waits, and goes on when there is some") {
  on_each_engine(kLittle, [](TurnedLoop& loop) {
    loop.handler.padding = std::string(2000, 'p');
    constexpr std::size_t kCount = 500;
    LoopClient greedy = use_up_memory(loop, kCount);
    const std::string request = test::get_request("/slow");
    LoopClient slow = loop.connect_and_accept();
    slow.send(request.substr(0, 10));
    const auto pauses = [&loop] { return loop.counters.memory_pauses.value(); };
    // It tries again now and then, in vain.
    const std::uint64_t before = pauses();
    REQUIRE(loop.turn_until([&] { return pauses() > before; }));
    slow.send(request.substr(10));
    REQUIRE(loop.turn_until([&] { return pauses() > before + 2; }));
    slow.step();
    CHECK(slow.received().empty());
    const std::uint64_t exchanges = loop.counters.exchanges.value();
    check_all_answers(loop, greedy, kCount);
    CHECK(loop.turn_until_received(slow, "/slow" + loop.handler.padding));
    CHECK(loop.counters.exchanges.value() > exchanges);
    CHECK(loop.memory_bytes() == 0);
  });
}

TEST_CASE("memory is back when the one who held it leaves") {
  on_each_engine(kLittle, [](TurnedLoop& loop) {
    loop.handler.padding = std::string(2000, 'p');
    LoopClient greedy = use_up_memory(loop, 500);
    std::vector<LoopClient> waiting;
    for (int i = 0; i < 5; ++i) {
      waiting.push_back(loop.connect_and_accept());
      waiting.back().send("GET /slow HT");
    }
    const std::uint64_t before = loop.counters.memory_pauses.value();
    REQUIRE(loop.turn_until([&] { return loop.counters.memory_pauses.value() >= before + 5; }));
    for (LoopClient& client : waiting) client.send("TP/1.1\r\nHost: x\r\n\r\n");
    greedy.close();
    for (LoopClient& client : waiting) {
      CHECK(loop.turn_until_received(client, "/slow" + loop.handler.padding));
    }
    CHECK(loop.turn_until([&] { return loop.memory_bytes() == 0; }));
  });
}

TEST_CASE("clients that wait for memory may leave, and nobody spins meanwhile") {
  on_each_engine(kLittle, [](TurnedLoop& loop) {
    loop.handler.padding = std::string(2000, 'p');
    LoopClient greedy = use_up_memory(loop, 500);
    LoopClient leaver = loop.connect_and_accept();
    leaver.send("GET /slow HT");
    const std::uint64_t before = loop.counters.memory_pauses.value();
    REQUIRE(loop.turn_until([&] { return loop.counters.memory_pauses.value() > before; }));
    leaver.close();
    const std::uint64_t pauses = loop.counters.memory_pauses.value();
    const std::uint64_t turns = loop.turns();
    const core::TimePoint began = core::Clock::now();
    REQUIRE(loop.turn_until([&] { return loop.counters.memory_pauses.value() >= pauses + 4; }));
    // 4 pauses of 50 ms; the test's own tick comes every 10 ms.
    CHECK(core::Clock::now() - began >= std::chrono::milliseconds(150));
    CHECK(loop.turns() - turns < 200);
    greedy.close();
    // Now it is read from, and found to have left.
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
  });
}
