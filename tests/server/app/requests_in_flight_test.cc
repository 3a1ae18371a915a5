// Goal: whoever asks learns which requests are in flight, the oldest first, and is never kept
// waiting. Method: a loop that is turned by hand, exchanges in its list.

#include "server/app/requests_in_flight.h"

#include <doctest/doctest.h>

#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <string>

#include "core/io/event_loop.h"

namespace {

using server::Exchange;
using server::RequestsInFlight;
using server::RequestStage;

class Nobody final : public server::Handler {
 public:
  void start(Exchange&) override {}
  void on_progress() {}
};

using namespace std::chrono_literals;

class Sink final : public server::BodySink {
  void on_content(std::span<const std::byte>) override {}
  void on_content_end() override {}
};

class Fixture {
 public:
  Exchange& add(const server::RouteRecord* route, core::TimePoint began) {
    Exchange& exchange =
        exchanges_.emplace_back(core::Callback<void()>::to<&Nobody::on_progress>(nobody_));
    exchange.route = route;
    exchange.began = began;
    http.in_flight.push_back(exchange);
    return exchange;
  }
  // What the loop says, not what it has said.
  RequestsInFlight::Said ask() {
    auto asked = std::async(std::launch::async, [this] { return ask_for(10s); });
    while (asked.wait_for(0s) != std::future_status::ready) turn();
    return asked.get();
  }
  RequestsInFlight::Said ask_for(core::Duration limit) {
    RequestsInFlight* const one = &in_flight;
    return RequestsInFlight::ask_all({&one, 1}, limit).at(0);
  }
  void turn() {
    loop->check(turn_);  // so that no turn waits
    loop->turn();
  }

 private:
  Nobody nobody_;

 public:
  const std::unique_ptr<core::EventLoop> loop =
      std::move(*core::EventLoop::create(core::Engine{false, ""}));
  server::HttpContext http{{}, nobody_, {}, {}};
  RequestsInFlight in_flight{loop->inbox(), http};

 private:
  core::Task turn_{core::Callback<void()>::to<&Nobody::on_progress>(nobody_)};
  std::deque<Exchange> exchanges_;
};

}  // namespace

TEST_CASE("a loop that does not turn says nothing, and keeps nobody waiting") {
  Fixture fixture;
  fixture.add(nullptr, core::Clock::now());
  const auto said = fixture.ask_for(1ms);
  CHECK(said.nothing());
  CHECK(said.oldest.empty());
}

TEST_CASE("a loop that does not turn keeps no other from being asked") {
  std::deque<Fixture> loops(2);
  loops[1].add(nullptr, core::Clock::now());
  auto asked = std::async(std::launch::async, [&loops] {
    RequestsInFlight* const all[] = {&loops[0].in_flight, &loops[1].in_flight};
    return RequestsInFlight::ask_all(all, 10s);
  });
  // The first says nothing before the other has been asked; nor ever, if that does not happen.
  while (asked.wait_for(0s) != std::future_status::ready && loops[1].loop->inbox().empty()) {
  }
  while (asked.wait_for(0s) != std::future_status::ready) {
    for (Fixture& one : loops) one.turn();
  }
  const auto said = asked.get();
  REQUIRE(said.size() == 2);
  CHECK_FALSE(said[0].nothing());
  CHECK(said[0].oldest.empty());
  CHECK(said[1].oldest.size() == 1);
}

TEST_CASE("each request is named with its route and its stage") {
  Fixture fixture;
  const server::RouteRecord route{"a route", nullptr};
  const core::TimePoint began = core::Clock::now();
  Sink sink;
  fixture.add(&route, began).body_sink = &sink;
  fixture.add(nullptr, began);
  Exchange& answered = fixture.add(&route, began);
  answered.response.status = 200;
  answered.respond();

  const auto said = fixture.ask();
  CHECK(said.when >= began);
  CHECK_FALSE(said.more);
  REQUIRE(said.oldest.size() == 3);
  CHECK(said.oldest[0].route == "a route");
  CHECK(said.oldest[0].stage == RequestStage::kContent);
  CHECK((said.oldest[0].began == began));
  CHECK(said.oldest[1].route.empty());
  CHECK(said.oldest[1].stage == RequestStage::kHandler);
  CHECK(said.oldest[2].stage == RequestStage::kSending);

  answered.reset();
  CHECK(fixture.ask().oldest.size() == 2);
}

TEST_CASE("of many the oldest are named") {
  Fixture fixture;
  std::deque<server::RouteRecord> routes;
  for (std::size_t i = 0; i <= RequestsInFlight::kRequestsMax; ++i) {
    routes.push_back({std::to_string(i), nullptr});
    fixture.add(&routes.back(), core::Clock::now());
  }
  const auto said = fixture.ask();
  CHECK(said.more);
  REQUIRE(said.oldest.size() == RequestsInFlight::kRequestsMax);
  CHECK(said.oldest.front().route == "0");
  CHECK(said.oldest.back().route == std::to_string(RequestsInFlight::kRequestsMax - 1));
}
