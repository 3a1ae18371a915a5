#include "server/dispatch/router.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "server/http/cross_origin.h"

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

// RFC 9110 9.3.7: "OPTIONS *" is about the server, not about a resource.
bool asks_server(const Request& request) { return request.path == "*"; }

RouteVerdict judge(const Router::Route& route, std::string_view path, Method method) {
  if (!has_path(route, path)) return RouteVerdict::kOtherPath;
  return has_method(route, method) ? RouteVerdict::kMatches : RouteVerdict::kOtherMethod;
}

}  // namespace

void Router::add_site(const std::vector<std::string>& hosts, std::vector<Route> routes,
                      ResponsePolicy policy, const std::vector<std::size_t>& listeners,
                      std::unique_ptr<StatusPages> pages) {
  const std::size_t index = sites_.size();
  sites_.push_back({std::move(routes), std::move(policy), std::move(pages)});
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
  const Decision decision = decide(exchange.request, exchange.connection->listener, nullptr);
  if (decision.site == nullptr || !may_ask_for(*exchange.connection, decision)) {
    exchange.handler = &misdirected_;
    return;
  }
  exchange.policy = &decision.policy();
  exchange.status_pages = decision.site->pages.get();
  if (decision.preflight) {
    exchange.preflight = true;
    exchange.handler = &preflight_;
    return;
  }
  if (asks_server(exchange.request)) {
    exchange.handler = &server_options_;
    return;
  }
  if (decision.route == nullptr) {
    exchange.handler = decision.path_known ? static_cast<Handler*>(&wrong_method_) : &missing_;
    return;
  }
  exchange.handler = decision.route->action.get();
  exchange.route = &decision.route->record;
  exchange.body_bytes_max = decision.route->body_bytes_max.value_or(exchange.body_bytes_max);
}

RouteTrace Router::trace(const Request& request, std::uint32_t listener) const {
  RouteTrace trace;
  static_cast<void>(decide(request, listener, &trace));
  return trace;
}

Router::Decision Router::decide(const Request& request, std::uint32_t listener,
                                RouteTrace* trace) const {
  Decision decision;
  const auto match = find_site(request, listener);
  if (!match) return decision;
  decision.site = &sites_[match->site];
  if (trace != nullptr) {
    trace->site = match->site;
    trace->rule = match->rule;
  }
  if (asks_server(request)) return decision;
  if (request.method == Method::kOptions) find_preflight(request, decision, trace);
  if (!decision.preflight) find_route(request.path, request.method, decision, trace);
  return decision;
}

bool Router::may_ask_for(const ConnectionFacts& connection, const Decision& decision) const {
  if (connection.tls == nullptr || !connection.tls->site) return true;
  return decision.site == &sites_[*connection.tls->site];
}

// Fetch, "CORS-preflight fetch": it asks for another request, so whoever would answer that one has
// the say. Without cors there it is an OPTIONS like any other.
void Router::find_preflight(const Request& request, Decision& decision, RouteTrace* trace) {
  const auto method = preflight_method(request);
  if (!method) return;
  Decision found;
  found.site = decision.site;
  find_route(request.path, parse_method(*method), found, trace);
  found.preflight = found.policy().cross_origin != nullptr;
  if (found.preflight) decision = found;
  if (trace == nullptr) return;
  trace->preflight = found.preflight;
  if (!found.preflight) trace->routes.clear();
}

void Router::find_route(std::string_view path, Method method, Decision& decision,
                        RouteTrace* trace) {
  for (const Route& route : decision.site->routes) {
    const RouteVerdict verdict = judge(route, path, method);
    if (trace != nullptr) trace->routes.push_back({trace->routes.size(), verdict});
    decision.path_known = decision.path_known || verdict != RouteVerdict::kOtherPath;
    if (verdict != RouteVerdict::kMatches) continue;
    decision.route = &route;
    return;
  }
}

void Router::WrongMethod::start(Exchange& exchange) {
  std::string allow;
  const auto add = [&allow](Method method) {
    if (list_holds(allow, to_string(method))) return;
    allow.append(allow.empty() ? "" : ", ").append(to_string(method));
  };
  const auto match = router_.find_site(exchange.request, exchange.connection->listener);
  INVARIANT(match.has_value());
  for (const Route& route : router_.sites_[match->site].routes) {
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

void Router::Preflight::start(Exchange& exchange) {
  exchange.response.status = 204;
  exchange.respond();
}

// RFC 9110 9.3.7: what the server as a whole can do.
void Router::ServerOptions::start(Exchange& exchange) {
  exchange.response.fields.add("Allow", "GET, HEAD, OPTIONS");
  respond_with_status(exchange, 204);
}

std::optional<HostTable::Match> Router::find_site(const Request& request,
                                                  std::uint32_t listener) const {
  const HostTable& hosts = listener < by_listener_.size() ? by_listener_[listener] : everywhere_;
  return hosts.find(request.host);
}

}  // namespace server
