// From the filters of the configuration to what holds for every answer of a route: rendered once,
// off the loops. Pure; any thread.
#pragma once

#include "config/config.h"
#include "server/http/exchange.h"

namespace server {

[[nodiscard]] ResponsePolicy compile_policy(const config::Filters& filters);

}  // namespace server
