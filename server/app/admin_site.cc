#include "server/app/admin_site.h"

#include <string>
#include <utility>

namespace server {
namespace {

constexpr const char* kIndex =
    "ouro\n"
    "\n"
    "/healthz  200 while the server answers at all\n"
    "/readyz   200 while it takes requests, 503 once it is going to stop\n";

config::Route route_of(std::string path, config::Action action) {
  config::Route route;
  route.path = {std::move(path)};
  route.action = std::move(action);
  return route;
}

}  // namespace

config::Config admin_config() {
  config::Site site;
  site.routes.push_back(route_of("/healthz", config::Health::kLive));
  site.routes.push_back(route_of("/readyz", config::Health::kReady));
  config::Respond index;
  index.body = kIndex;
  site.routes.push_back(route_of("/", std::move(index)));
  site.routes.back().methods = {"GET"};
  config::Config config;
  config.sites.push_back(std::move(site));
  return config;
}

}  // namespace server
