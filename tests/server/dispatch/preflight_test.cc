// Goal: a preflight is answered for the route of the request that it asks for, without running
// anything, and only where there is cors; every other OPTIONS is what it was.
// Method: a site with routes of different methods, with and without cors; a table of requests, each
// traced and answered by the same router.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/http/cross_origin.h"
#include "tests/server/dispatch/named_routes.h"
#include "tests/server/http/lone_exchange.h"

using http_test::LoneExchange;
using server::Method;
using server::Router;
using server::RouteVerdict;
using test::route;

namespace {

server::ResponsePolicy policy_with_cors(const std::string& name, bool cors) {
  server::ResponsePolicy policy;
  policy.fields = "X-Of: " + name + "\r\n";
  if (!cors) return policy;
  server::CrossOrigin::Rules rules;
  rules.origins = {"https://a.test"};
  rules.methods = {"GET", "PUT", "DELETE"};
  policy.cross_origin = std::make_shared<const server::CrossOrigin>(rules);
  return policy;
}

void add_route(std::vector<Router::Route>& routes, const std::string& path, const std::string& name,
               std::vector<Method> methods, bool cors) {
  routes.push_back(route({path}, name));
  routes.back().methods = std::move(methods);
  routes.back().policy = policy_with_cors(name, cors);
}

// Of the plain site only some routes have cors, of the other the site itself.
void add_sites(Router& router) {
  std::vector<Router::Route> routes;
  add_route(routes, "/a", "put", {Method::kPut}, true);
  add_route(routes, "/a", "get", {Method::kGet}, false);
  add_route(routes, "/a", "options", {Method::kOptions}, false);
  add_route(routes, "/b", "any", {}, true);
  add_route(routes, "/c", "got", {Method::kGet}, false);
  router.add_site({"plain.test"}, std::move(routes), policy_with_cors("plain", false));
  std::vector<Router::Route> inherited;
  add_route(inherited, "/a", "a", {Method::kGet}, true);
  add_route(inherited, "/none", "none", {}, false);
  router.add_site({"cors.test"}, std::move(inherited), policy_with_cors("cors", true));
}

struct Outcome {
  std::string answer;  // the name of the route that ran, or the status
  std::string policy;
  bool preflight = false;
};

Outcome ask(Router& router, const std::string& host, const std::string& path,
            const std::string& method, bool with_origin = true) {
  LoneExchange exchange;
  exchange.request.method = Method::kOptions;
  exchange.request.host = host;
  exchange.request.path = path;
  if (with_origin) exchange.request.fields.add({"Origin", "https://a.test"});
  if (!method.empty()) exchange.request.fields.add({"Access-Control-Request-Method", method});
  const server::RouteTrace trace = router.trace(exchange.request, 0);
  router.admit(exchange);
  router.start(exchange);
  CHECK(trace.preflight == exchange.preflight);
  Outcome outcome{std::to_string(exchange.response.status), "", exchange.preflight};
  if (exchange.response.status == 200) {
    outcome.answer = std::get<server::TextBody>(exchange.response.body).text;
  }
  if (exchange.policy != nullptr) outcome.policy = exchange.policy->fields;
  return outcome;
}

}  // namespace

TEST_CASE("the route of the request to come has the say") {
  Router router;
  add_sites(router);
  struct Case {
    std::string host, path, method, answer, policy;
    bool preflight;
  };
  const Case cases[] = {
      {"plain.test", "/a", "PUT", "204", "put", true},
      {"plain.test", "/b", "PUT", "204", "any", true},
      {"plain.test", "/b", "PROPFIND", "204", "any", true},  // refused by the fields alone
      // No cors there: what an OPTIONS does.
      {"plain.test", "/a", "GET", "options", "options", false},
      {"plain.test", "/a", "DELETE", "options", "options", false},
      {"plain.test", "/c", "GET", "204", "plain", false},
      {"plain.test", "/x", "GET", "404", "plain", false},
      {"plain.test", "*", "GET", "204", "plain", false},
      {"other.test", "/a", "PUT", "421", "", false},
      // The script must be able to read that there is no such method or path.
      {"cors.test", "/a", "GET", "204", "a", true},
      {"cors.test", "/a", "HEAD", "204", "a", true},
      {"cors.test", "/a", "DELETE", "204", "cors", true},
      {"cors.test", "/x", "GET", "204", "cors", true},
      {"cors.test", "/none", "GET", "none", "none", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.host);
    CAPTURE(c.path);
    CAPTURE(c.method);
    const Outcome outcome = ask(router, c.host, c.path, c.method);
    CHECK(outcome.answer == c.answer);
    CHECK(outcome.policy == (c.policy.empty() ? "" : "X-Of: " + c.policy + "\r\n"));
    CHECK(outcome.preflight == c.preflight);
  }
}

TEST_CASE("an OPTIONS that is no preflight goes its way") {
  Router router;
  add_sites(router);
  CHECK(ask(router, "plain.test", "/b", "").answer == "any");
  CHECK(ask(router, "plain.test", "/b", "PUT", false).answer == "any");
  CHECK(ask(router, "cors.test", "/a", "").answer == "204");
  CHECK_FALSE(ask(router, "cors.test", "/a", "").preflight);
  CHECK(ask(router, "cors.test", "/x", "").answer == "404");
}

TEST_CASE("a trace of a preflight judges by the method that it asks for") {
  Router router;
  add_sites(router);
  server::Request request;
  request.method = Method::kOptions;
  request.host = "plain.test";
  request.path = "/a";
  request.fields.add({"Origin", "https://a.test"});
  request.fields.add({"Access-Control-Request-Method", "PUT"});
  const server::RouteTrace allowed = router.trace(request, 0);
  CHECK(allowed.preflight);
  REQUIRE(allowed.routes.size() == 1);
  CHECK(allowed.routes[0].verdict == RouteVerdict::kMatches);
  // Without cors it is judged as the OPTIONS that it is, from the first route on.
  request.fields.clear();
  request.fields.add({"Origin", "https://a.test"});
  request.fields.add({"Access-Control-Request-Method", "GET"});
  const server::RouteTrace plain = router.trace(request, 0);
  CHECK_FALSE(plain.preflight);
  REQUIRE(plain.routes.size() == 3);
  CHECK(plain.routes[1].verdict == RouteVerdict::kOtherMethod);
  CHECK(plain.routes[2].verdict == RouteVerdict::kMatches);
}
