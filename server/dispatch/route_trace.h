// RouteTrace: how the router comes to its answer to a request, for people who ask why. Plain
// values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/dispatch/host_table.h"

namespace server {

// What a route has to do with a request. GET brings HEAD with it.
enum class RouteVerdict : std::uint8_t { kOtherPath, kOtherMethod, kMatches };

struct RouteTrace {
  struct Tried {
    std::size_t route = 0;  // in the order of its site
    RouteVerdict verdict = RouteVerdict::kOtherPath;
  };

  std::optional<std::size_t> site;     // in the order of Router::add_site(); nullopt: 421
  HostRule rule = HostRule::kDefault;  // by which it was found
  // A browser's question whether it may: the routes are judged by the method that it asks for, and
  // none of them runs.
  bool preflight = false;
  std::vector<Tried> routes;  // until one matched; empty also for "OPTIONS *"
};

}  // namespace server
