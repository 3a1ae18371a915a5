#include "server/dispatch/router.h"

#include <algorithm>
#include <array>
#include <utility>

namespace server {
namespace {

// RFC 1035 2.3.4: no name that could be configured is longer.
constexpr std::size_t kHostBytesMax = 255;

}  // namespace

void Router::add_site(const std::vector<std::string>& hosts, std::vector<Route> routes) {
  const std::size_t index = sites_.size();
  sites_.push_back(std::move(routes));
  if (hosts.empty()) default_site_ = index;
  for (const std::string& host : hosts) {
    if (host.starts_with("*.")) {
      wildcards_.emplace(host.substr(1), index);
    } else {
      exact_.emplace(host, index);
    }
  }
}

void Router::start(Exchange& exchange) {
  const Routes* routes = find_site(exchange.request.host);
  if (routes == nullptr) {
    respond_with_status(exchange, 421);
    return;
  }
  if (exchange.request.path == "*") {
    // RFC 9110 9.3.7: what the server as a whole can do.
    exchange.response.fields.add("Allow", "GET, HEAD, OPTIONS");
    respond_with_status(exchange, 204);
    return;
  }
  if (const Route* route = find_route(*routes, exchange.request.path)) {
    route->action->start(exchange);
  } else {
    respond_with_status(exchange, 404);
  }
}

// Whoever gets no route here gets his answer when the request is complete.
void Router::open_body(Exchange& exchange) {
  const Routes* routes = find_site(exchange.request.host);
  if (routes == nullptr) return;
  if (const Route* route = find_route(*routes, exchange.request.path)) {
    route->action->open_body(exchange);
  }
}

const Router::Route* Router::find_route(const Routes& routes, std::string_view path) {
  const auto matches = [path](const PathPattern& pattern) { return pattern.matches(path); };
  const auto found = std::find_if(routes.begin(), routes.end(), [&](const Route& route) {
    return std::any_of(route.patterns.begin(), route.patterns.end(), matches);
  });
  return found == routes.end() ? nullptr : &*found;
}

const Router::Routes* Router::find_site(std::string_view host) const {
  const Routes* fallback = default_site_ ? &sites_[*default_site_] : nullptr;
  if ((exact_.empty() && wildcards_.empty()) || host.size() > kHostBytesMax) return fallback;
  // RFC 3986 3.2.2: names are case-insensitive; one dot at the end means the same name.
  std::array<char, kHostBytesMax> lower{};
  std::transform(host.begin(), host.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string_view name(lower.data(), host.size());
  if (name.ends_with('.')) name.remove_suffix(1);
  if (const Routes* routes = named(exact_, name)) return routes;
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos && dot > 0) {
    if (const Routes* routes = named(wildcards_, name.substr(dot))) return routes;
  }
  return fallback;
}

const Router::Routes* Router::named(const SiteByName& names, std::string_view name) const {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &sites_[found->second];
}

}  // namespace server
