// A route whose handler holds its loop until it is let go, for tests of what is said about a loop
// that is held.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "server/dispatch/router.h"

namespace test {

// Computes until then, or for 20 seconds.
class Holding final : public server::Handler {
 public:
  explicit Holding(const std::atomic<bool>& let_go) : let_go_(let_go) {}
  void start(server::Exchange& exchange) override {
    const core::TimePoint give_up = core::Clock::now() + std::chrono::seconds(20);
    while (!let_go_.load() && core::Clock::now() < give_up) {
    }
    server::respond_with_status(exchange, 200);
  }

 private:
  const std::atomic<bool>& let_go_;
};

inline const std::string kHoldingRoute = "any host /hold test";

// /hold, and nothing else.
inline void add_holding_route(server::Router& router, const std::atomic<bool>& let_go) {
  std::vector<server::Router::Route> routes(1);
  routes[0].patterns.emplace_back("/hold");
  routes[0].action = std::make_unique<Holding>(let_go);
  routes[0].record.name = kHoldingRoute;
  router.add_site({}, std::move(routes));
}

}  // namespace test
