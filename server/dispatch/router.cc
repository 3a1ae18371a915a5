#include "server/dispatch/router.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

bool has_path(const Router::Route& route, std::string_view path) {
  return std::any_of(route.patterns.begin(), route.patterns.end(),
                     [path](const PathPattern& pattern) { return pattern.matches(path); });
}

// RFC 9110 9.1: whoever serves GET serves HEAD.
bool has_method(const Router::Route& route, Method method) {
  if (route.methods.empty()) return true;
  return std::any_of(route.methods.begin(), route.methods.end(), [method](Method allowed) {
    return allowed == method || (allowed == Method::kGet && method == Method::kHead);
  });
}

}  // namespace

void Router::add_site(const std::vector<std::string>& hosts, std::vector<Route> routes,
                      ResponsePolicy policy, const std::vector<std::size_t>& listeners) {
  const std::size_t index = sites_.size();
  sites_.push_back({std::move(routes), std::move(policy)});
  if (listeners.empty()) {
    everywhere_.add(hosts, index);
    for (HostTable& table : by_listener_) table.add(hosts, index);
    return;
  }
  for (const std::size_t listener : listeners) {
    if (listener >= by_listener_.size()) by_listener_.resize(listener + 1, everywhere_);
    by_listener_[listener].add(hosts, index);
  }
}

void Router::admit(Exchange& exchange) {
  const Request& request = exchange.request;
  const Site* site = find_site(exchange);
  if (site == nullptr) {
    exchange.handler = &misdirected_;
    return;
  }
  exchange.policy = &site->policy;
  if (request.path == "*") {
    exchange.handler = &server_options_;
    return;
  }
  const Found found = find_route(*site, request.path, request.method);
  if (found.route == nullptr) {
    exchange.handler = found.path_known ? static_cast<Handler*>(&wrong_method_) : &missing_;
    return;
  }
  exchange.handler = found.route->action.get();
  exchange.policy = &found.route->policy;
  exchange.body_bytes_max = found.route->body_bytes_max.value_or(exchange.body_bytes_max);
}

void Router::WrongMethod::start(Exchange& exchange) {
  std::string allow;
  const auto add = [&allow](Method method) {
    if (list_holds(allow, to_string(method))) return;
    allow.append(allow.empty() ? "" : ", ").append(to_string(method));
  };
  const Site* site = router_.find_site(exchange);
  INVARIANT(site != nullptr);
  for (const Route& route : site->routes) {
    if (!has_path(route, exchange.request.path)) continue;
    for (const Method method : route.methods) {
      add(method);
      if (method == Method::kGet) add(Method::kHead);
    }
  }
  add(Method::kOptions);
  exchange.response.fields.add("Allow", allow);
  respond_with_status(exchange, exchange.request.method == Method::kOptions ? 204 : 405);
}

// RFC 9110 9.3.7: what the server as a whole can do.
void Router::ServerOptions::start(Exchange& exchange) {
  exchange.response.fields.add("Allow", "GET, HEAD, OPTIONS");
  respond_with_status(exchange, 204);
}

Router::Found Router::find_route(const Site& site, std::string_view path, Method method) {
  Found found;
  for (const Route& route : site.routes) {
    if (!has_path(route, path)) continue;
    found.path_known = true;
    if (has_method(route, method)) {
      found.route = &route;
      break;
    }
  }
  return found;
}

const HostTable& Router::hosts_on(std::uint32_t listener) const {
  return listener < by_listener_.size() ? by_listener_[listener] : everywhere_;
}

const Router::Site* Router::find_site(const Exchange& exchange) const {
  const auto match = hosts_on(exchange.listener).find(exchange.request.host);
  return match ? &sites_[match->site] : nullptr;
}

}  // namespace server
