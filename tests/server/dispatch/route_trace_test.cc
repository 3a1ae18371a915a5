// Goal: a trace says what the router decides, and why.
// Method: a table of requests; each is traced, and then answered by the same router.
#include "server/dispatch/route_trace.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/dispatch/named_routes.h"
#include "tests/server/http/lone_exchange.h"

using http_test::LoneExchange;
using server::Method;
using server::Router;
using test::add_site;
using test::route;

TEST_CASE("a trace says what is decided: the site and its rule, and each route until one matches") {
  using server::HostRule;
  using server::RouteVerdict;
  constexpr RouteVerdict kPath = RouteVerdict::kOtherPath;
  constexpr RouteVerdict kMethod = RouteVerdict::kOtherMethod;
  constexpr RouteVerdict kMatches = RouteVerdict::kMatches;
  Router router;
  std::vector<Router::Route> routes;
  routes.push_back(route({"/a", "/b"}, "post"));
  routes.back().methods = {Method::kPost};
  routes.push_back(route({"/a/**"}, "get"));
  routes.back().methods = {Method::kGet};
  routes.push_back(route({"/c"}, "any"));
  router.add_site({"a.example"}, std::move(routes));
  add_site(router, {"*.example"}, "wildcard", {1});
  add_site(router, {}, "default", {1});
  struct Case {
    std::uint32_t listener;
    Method method;
    std::string host, path;
    std::optional<std::size_t> site;
    HostRule rule;
    std::vector<RouteVerdict> verdicts;
    std::string answer;
  };
  const Case cases[] = {
      {0, Method::kPost, "A.example", "/a", 0, HostRule::kExact, {kMatches}, "post"},
      {0, Method::kGet, "a.example", "/a", 0, HostRule::kExact, {kMethod, kMatches}, "get"},
      {0, Method::kHead, "a.example", "/a/x", 0, HostRule::kExact, {kPath, kMatches}, "get"},
      {1, Method::kGet, "a.example", "/c", 0, HostRule::kExact, {kPath, kPath, kMatches}, "any"},
      {0, Method::kPut, "a.example", "/a", 0, HostRule::kExact, {kMethod, kMethod, kPath}, "405"},
      {0, Method::kGet, "a.example", "/x", 0, HostRule::kExact, {kPath, kPath, kPath}, "404"},
      {0, Method::kOptions, "a.example", "*", 0, HostRule::kExact, {}, "204"},
      {1, Method::kGet, "b.example", "/", 1, HostRule::kWildcard, {kMatches}, "wildcard"},
      {1, Method::kGet, "c.test", "/", 2, HostRule::kDefault, {kMatches}, "default"},
      {0, Method::kGet, "b.example", "/", std::nullopt, HostRule::kDefault, {}, "421"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.host);
    CAPTURE(c.path);
    LoneExchange exchange;
    const server::ConnectionFacts connection{c.listener};
    exchange.connection = &connection;
    exchange.request.method = c.method;
    exchange.request.host = c.host;
    exchange.request.path = c.path;
    const server::RouteTrace trace = router.trace(exchange.request, c.listener);
    CHECK(trace.site == c.site);
    CHECK(trace.rule == c.rule);
    REQUIRE(trace.routes.size() == c.verdicts.size());
    for (std::size_t i = 0; i < c.verdicts.size(); ++i) {
      CHECK(trace.routes[i].route == i);
      CHECK(trace.routes[i].verdict == c.verdicts[i]);
    }
    router.admit(exchange);
    router.start(exchange);
    const int status = exchange.response.status;
    CHECK((status == 200 ? std::get<server::TextBody>(exchange.response.body).text
                         : std::to_string(status)) == c.answer);
  }
}
