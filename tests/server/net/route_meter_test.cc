// Goal: every answer is counted once, under its route, and its duration holds the waiting in its
// turn. Method: a loop that is turned by hand; exchanges that end within it.

#include "server/net/route_meter.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <utility>

#include "tests/server/http/lone_exchange.h"

namespace {

using namespace std::chrono_literals;
using server::Method;
using server::RouteCounts;
using server::RouteMeter;
using server::RouteRecord;

class MeteredLoop {
 public:
  // What ends in the next turn's check phase.
  void turn_with(std::function<void()> work) {
    work_ = std::move(work);
    loop->check(task_);
    loop->turn();
  }

  const std::unique_ptr<core::EventLoop> loop =
      std::move(*core::EventLoop::create(core::Engine{false, ""}));
  RouteCounts unrouted;
  RouteMeter meter{*loop, unrouted};

 private:
  void run() { work_(); }
  std::function<void()> work_;
  core::Task task_{core::Callback<void()>::to<&MeteredLoop::run>(*this)};
};

void end(RouteMeter& meter, const RouteRecord* route, Method method, int status,
         core::TimePoint began, bool aborted = false) {
  http_test::LoneExchange exchange;
  exchange.route = route;
  exchange.request.method = method;
  exchange.response.status = status;
  exchange.body_bytes_sent = 10;
  exchange.began = began;
  meter.note(exchange, aborted);
}

}  // namespace

TEST_CASE("answers are counted by route, method and the status's class") {
  MeteredLoop metered;
  RouteCounts counts;
  const RouteRecord route{"a route", &counts};
  const RouteRecord uncounted{"another", nullptr};
  const core::TimePoint now = core::Clock::now();
  metered.turn_with([&] {
    end(metered.meter, &route, Method::kGet, 200, now);
    end(metered.meter, &route, Method::kGet, 206, now);
    end(metered.meter, &route, Method::kHead, 304, now);
    end(metered.meter, nullptr, Method::kGet, 404, now);
    end(metered.meter, &uncounted, Method::kUnknown, 501, now);
    end(metered.meter, &route, Method::kPost, 0, now, true);  // its client left
  });
  CHECK(counts.requests(Method::kGet, 2) == 2);
  CHECK(counts.requests(Method::kHead, 3) == 1);
  CHECK(counts.requests(Method::kPost, 0) == 1);
  CHECK(counts.body_bytes() == 40);
  CHECK(counts.durations().count() == 3);
  CHECK(metered.unrouted.requests(Method::kGet, 4) == 1);
  CHECK(metered.unrouted.requests(Method::kUnknown, 5) == 1);
  CHECK(metered.unrouted.durations().count() == 2);
}

TEST_CASE("a duration reaches from the wake-up to the end of its turn's answers") {
  MeteredLoop metered;
  RouteCounts counts;
  const RouteRecord route{"a route", &counts};
  metered.turn_with([&] {
    end(metered.meter, &route, Method::kGet, 200, metered.loop->turn_began());
    const core::TimePoint until = core::Clock::now() + 2ms;  // others of the same turn
    while (core::Clock::now() < until) {
    }
    end(metered.meter, &route, Method::kGet, 200, metered.loop->turn_began() - 1s);
  });
  CHECK(counts.durations().count() == 2);
  CHECK(counts.durations().sum() >= 1s + 4ms);
  CHECK(counts.durations().bucket(29) + counts.durations().bucket(30) == 1);  // from 0.54 s on

  metered.turn_with([] {});
  CHECK(counts.durations().count() == 2);
}
