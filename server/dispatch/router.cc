#include "server/dispatch/router.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

// RFC 1035 2.3.4: no name that could be configured is longer.
constexpr std::size_t kHostBytesMax = 255;

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
                      ResponsePolicy policy, std::unique_ptr<StatusPages> pages) {
  const std::size_t index = sites_.size();
  sites_.push_back({std::move(routes), std::move(policy), std::move(pages)});
  if (hosts.empty()) default_site_ = index;
  for (const std::string& host : hosts) {
    if (host.starts_with("*.")) {
      wildcards_.emplace(host.substr(1), index);
    } else {
      exact_.emplace(host, index);
    }
  }
}

void Router::admit(Exchange& exchange) {
  const Request& request = exchange.request;
  const Site* site = find_site(request.host);
  if (site == nullptr) {
    exchange.handler = &misdirected_;
    return;
  }
  exchange.policy = &site->policy;
  exchange.status_pages = site->pages.get();
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
  const Site* site = router_.find_site(exchange.request.host);
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

const Router::Site* Router::find_site(std::string_view host) const {
  const Site* fallback = default_site_ ? &sites_[*default_site_] : nullptr;
  if ((exact_.empty() && wildcards_.empty()) || host.size() > kHostBytesMax) return fallback;
  // RFC 3986 3.2.2: names are case-insensitive; one dot at the end means the same name.
  std::array<char, kHostBytesMax> lower{};
  std::transform(host.begin(), host.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string_view name(lower.data(), host.size());
  if (name.ends_with('.')) name.remove_suffix(1);
  if (const Site* routes = named(exact_, name)) return routes;
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos && dot > 0) {
    if (const Site* routes = named(wildcards_, name.substr(dot))) return routes;
  }
  return fallback;
}

const Router::Site* Router::named(const SiteByName& names, std::string_view name) const {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : &sites_[found->second];
}

}  // namespace server
