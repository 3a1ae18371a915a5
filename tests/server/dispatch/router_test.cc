// Goal: a request is answered by the site its host names and by the first route that matches, and
// an unknown host by no site. Method: sites whose routes answer with their own name; tables of
// hosts and paths.
#include "server/dispatch/router.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/dispatch/named_routes.h"
#include "tests/server/http/lone_exchange.h"

using http_test::LoneExchange;
using server::Exchange;
using server::Method;
using server::Router;
using test::add_site;
using test::route;

namespace {

// The name of whoever answered, or the status of a refusal.
std::string answer(Router& router, const std::string& host, const std::string& path = "/",
                   std::string* fields = nullptr, std::uint32_t index = 0) {
  LoneExchange exchange;
  const server::ConnectionFacts connection{index};
  exchange.connection = &connection;
  exchange.request.method = path == "*" ? Method::kOptions : Method::kGet;
  exchange.request.host = host;
  exchange.request.path = path;
  router.admit(exchange);
  router.start(exchange);
  CHECK(exchange.responded());
  if (fields != nullptr) *fields = exchange.response.fields.text();
  if (exchange.response.status != 200) return std::to_string(exchange.response.status);
  return std::get<server::TextBody>(exchange.response.body).text;
}

}  // namespace

TEST_CASE("hosts: exact, then one label of a wildcard, then the site without hosts") {
  Router router;
  add_site(router, {"*.example"}, "wildcard");
  add_site(router, {"a.example", "b.example"}, "exact");
  add_site(router, {}, "default");
  add_site(router, {"*.deep.example"}, "deep");
  add_site(router, {"deep.example", "localhost", "192.0.2.1"}, "names");
  struct Case {
    std::string host;
    std::string site;
  };
  const Case cases[] = {
      {"a.example", "exact"},
      {"b.example", "exact"},
      {"c.example", "wildcard"},
      {"A.EXAMPLE", "exact"},
      {"a.Example", "exact"},
      {"C.eXample", "wildcard"},
      {"a.example.", "exact"},
      {"c.example.", "wildcard"},
      {"A.EXAMPLE.", "exact"},
      {"deep.example", "names"},  // exact before the wildcard, whatever the order
      {"x.deep.example", "deep"},
      {"localhost", "names"},
      {"192.0.2.1", "names"},
      {"example", "default"},
      {"example.", "default"},
      {".example", "default"},
      {"x.y.example", "default"},  // one label only
      {"x.y.deep.example", "default"},
      {"a.example..", "default"},
      {"a.example.org", "default"},
      {"aa.exampl", "default"},
      {"*.example", "wildcard"},  // a label like any other
      {"192.0.2.10", "default"},
      {"[::1]", "default"},
      {"", "default"},  // HTTP/1.0 without Host
      {".", "default"},
      {std::string(255, 'a'), "default"},
      {std::string(256, 'a'), "default"},
      {std::string(10'000, 'a'), "default"},
      {std::string(300, 'a') + ".example", "default"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.host);
    CHECK(answer(router, c.host) == c.site);
  }
}

TEST_CASE("RFC 9110 15.5.20: without a default site an unknown host gets 421, never the first") {
  Router router;
  add_site(router, {"a.example"}, "a");
  add_site(router, {"*.b.example"}, "b");
  for (const std::string host : {"", "x", "b.example", "x.y.b.example", "a.example.org", "[::1]"}) {
    CAPTURE(host);
    CHECK(answer(router, host) == "421");
    CHECK(answer(router, host, "*") == "421");
  }
  CHECK(answer(router, std::string(300, 'a')) == "421");
  CHECK(answer(router, "a.example") == "a");
}

TEST_CASE("a router without a site refuses everything") {
  Router router;
  CHECK(answer(router, "a.example") == "421");
}

TEST_CASE("a default site alone takes every host") {
  Router router;
  add_site(router, {}, "default");
  for (const std::string host : {"", "a.example", "[2001:db8::7]", "."}) {
    CAPTURE(host);
    CHECK(answer(router, host) == "default");
  }
}

TEST_CASE("a site answers on the listeners that it names, and without any on all") {
  Router router;
  add_site(router, {"a.example"}, "a on 1", {1});
  add_site(router, {"a.example", "b.example"}, "everywhere but 1", {0, 2, 3});
  add_site(router, {"c.example"}, "everywhere");
  add_site(router, {}, "default of 3", {3});
  add_site(router, {"*.example"}, "wildcard of 4", {4});
  add_site(router, {"d.example"}, "everywhere, said last");
  struct Case {
    std::uint32_t listener;
    std::string host, site;
  };
  const Case cases[] = {
      {0, "a.example", "everywhere but 1"},
      {1, "a.example", "a on 1"},
      {2, "a.example", "everywhere but 1"},
      {4, "a.example", "wildcard of 4"},
      {5, "a.example", "421"},
      {0, "b.example", "everywhere but 1"},
      {1, "b.example", "421"},
      {0, "c.example", "everywhere"},
      {1, "c.example", "everywhere"},
      {4, "c.example", "everywhere"},  // exact before the wildcard, although it is said earlier
      {5, "c.example", "everywhere"},
      {5000, "c.example", "everywhere"},
      {1, "d.example", "everywhere, said last"},
      {4, "d.example", "everywhere, said last"},
      {9, "d.example", "everywhere, said last"},
      {0, "x", "421"},
      {3, "x", "default of 3"},
      {4, "x", "421"},
      {9, "x", "421"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.listener);
    CAPTURE(c.host);
    CHECK(answer(router, c.host, "/", nullptr, c.listener) == c.site);
  }
}

TEST_CASE("a wrong method is told the methods of the site on its own listener") {
  Router router;
  for (const Method method : {Method::kPost, Method::kPut}) {
    std::vector<Router::Route> routes;
    routes.push_back(route({"/**"}, "x"));
    routes.back().methods = {method};
    router.add_site({}, std::move(routes), {}, {method == Method::kPost ? 0U : 1U});
  }
  std::string fields;
  CHECK(answer(router, "x", "/", &fields, 0) == "405");
  CHECK(fields.starts_with("Allow: POST, OPTIONS\r\n"));
  CHECK(answer(router, "x", "/", &fields, 1) == "405");
  CHECK(fields.starts_with("Allow: PUT, OPTIONS\r\n"));
}

TEST_CASE("names of the greatest length are found") {
  // RFC 1035 2.3.4: 253 characters.
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  REQUIRE(longest.size() == 253);
  Router router;
  add_site(router, {longest}, "longest");
  CHECK(answer(router, longest) == "longest");
  CHECK(answer(router, longest + ".") == "longest");
  CHECK(answer(router, "a" + longest) == "421");
}

TEST_CASE("routes are asked from top to bottom, and the first that matches answers") {
  std::vector<Router::Route> routes;
  routes.push_back(route({"/a/special"}, "special"));
  routes.push_back(route({"/a/**", "/b/*.png"}, "a or b"));
  routes.push_back(route({"/a/hidden"}, "never"));
  routes.push_back(route({"/**/*.png"}, "images"));
  Router router;
  router.add_site({}, std::move(routes));
  CHECK(answer(router, "x", "/a/special") == "special");
  CHECK(answer(router, "x", "/a") == "a or b");
  CHECK(answer(router, "x", "/a/x.png") == "a or b");
  CHECK(answer(router, "x", "/a/hidden") == "a or b");
  CHECK(answer(router, "x", "/b/x.png") == "a or b");
  CHECK(answer(router, "x", "/b/x/y.png") == "images");
  CHECK(answer(router, "x", "/") == "404");
  CHECK(answer(router, "x", "/b/x") == "404");
}

TEST_CASE("routes of one site are not those of another") {
  std::vector<Router::Route> first;
  first.push_back(route({"/a"}, "first"));
  std::vector<Router::Route> second;
  second.push_back(route({"/b"}, "second"));
  Router router;
  router.add_site({"a.example"}, std::move(first));
  router.add_site({}, std::move(second));
  CHECK(answer(router, "a.example", "/a") == "first");
  CHECK(answer(router, "a.example", "/b") == "404");
  CHECK(answer(router, "other", "/b") == "second");
}

TEST_CASE("RFC 9110 9.3.7: OPTIONS * asks the server, not a route") {
  Router router;
  add_site(router, {"a.example"}, "a");
  std::string fields;
  CHECK(answer(router, "a.example", "*", &fields) == "204");
  CHECK(fields == "Allow: GET, HEAD, OPTIONS\r\n");
}

TEST_CASE("a refusal carries a page, so that a person sees why") {
  Router router;
  std::string fields;
  CHECK(answer(router, "x", "/", &fields) == "421");
  CHECK(fields == "Content-Type: text/html; charset=utf-8\r\n");
}

TEST_CASE("the body of a request is opened by whoever will answer it, and by nobody else") {
  Router router;
  std::vector<Router::Route> routes;
  routes.push_back(route({"/up/**"}, "uploads"));
  routes.push_back(route({"/other"}, "other"));
  router.add_site({"a.example"}, std::move(routes));
  const auto opened_by = [&router](const std::string& host, const std::string& path) {
    LoneExchange exchange;
    exchange.request.host = host;
    exchange.request.path = path;
    router.admit(exchange);
    router.open_body(exchange);
    CHECK_FALSE(exchange.responded());
    return std::string(exchange.response.fields.text());
  };
  CHECK(opened_by("a.example", "/up/x") == "X-Opened: uploads\r\n");
  CHECK(opened_by("A.EXAMPLE", "/other") == "X-Opened: other\r\n");
  CHECK(opened_by("a.example", "/none") == "");
  CHECK(opened_by("a.example", "*") == "");
  CHECK(opened_by("b.example", "/up/x") == "");
}

TEST_CASE("a path with the wrong method goes on, and ends as 405 with what it has") {
  Router router;
  std::vector<Router::Route> routes;
  routes.push_back(route({"/a"}, "post"));
  routes.back().methods = {Method::kPost, Method::kPut};
  routes.push_back(route({"/a"}, "get"));
  routes.back().methods = {Method::kGet};
  routes.push_back(route({"/any"}, "any"));
  router.add_site({}, std::move(routes));
  const auto with = [&router](Method method, const std::string& path) {
    LoneExchange exchange;
    exchange.request.method = method;
    exchange.request.host = "a.example";
    exchange.request.path = path;
    router.admit(exchange);
    router.start(exchange);
    if (exchange.response.status == 200) {
      return std::get<server::TextBody>(exchange.response.body).text;
    }
    const std::string fields(exchange.response.fields.text());
    return std::to_string(exchange.response.status) + " " + fields.substr(0, fields.find('\r'));
  };
  CHECK(with(Method::kPost, "/a") == "post");
  CHECK(with(Method::kPut, "/a") == "post");
  CHECK(with(Method::kGet, "/a") == "get");
  CHECK(with(Method::kHead, "/a") == "get");
  CHECK(with(Method::kDelete, "/a") == "405 Allow: POST, PUT, GET, HEAD, OPTIONS");
  CHECK(with(Method::kOptions, "/a") == "204 Allow: POST, PUT, GET, HEAD, OPTIONS");
  CHECK(with(Method::kDelete, "/any") == "any");
  CHECK(with(Method::kDelete, "/b").starts_with("404"));
}

TEST_CASE("the policy and the body limit are those of the route, else of the site") {
  Router router;
  std::vector<Router::Route> routes;
  routes.push_back(route({"/up"}, "uploads"));
  routes.back().policy.fields = "X-Of: route\r\n";
  routes.back().body_bytes_max = 7;
  routes.push_back(route({"/other"}, "other"));
  server::ResponsePolicy policy;
  policy.fields = "X-Of: site\r\n";
  router.add_site({"a.example"}, std::move(routes), policy);
  struct Case {
    std::string host, path, fields;
    std::uint64_t body_bytes_max;
  };
  const Case cases[] = {{"a.example", "/up", "X-Of: route\r\n", 7},
                        {"a.example", "/other", "", 100},
                        {"a.example", "/none", "X-Of: site\r\n", 100}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    LoneExchange exchange;
    exchange.request.host = c.host;
    exchange.request.path = c.path;
    exchange.body_bytes_max = 100;
    router.admit(exchange);
    REQUIRE(exchange.policy != nullptr);
    CHECK(exchange.policy->fields == c.fields);
    CHECK(exchange.body_bytes_max == c.body_bytes_max);
  }
  LoneExchange unknown;
  unknown.request.host = "b.example";
  router.admit(unknown);
  CHECK(unknown.policy == nullptr);
}

TEST_CASE("a site's pages answer for its routes and for the router itself, not for other hosts") {
  class NamedPages final : public server::StatusPages {
   public:
    [[nodiscard]] bool try_respond(Exchange& exchange, int status) override {
      if (status == 204) return false;
      exchange.response.status = status;
      exchange.response.body = server::TextBody{"page"};
      exchange.respond();
      return true;
    }
  };
  Router router;
  std::vector<Router::Route> routes;
  routes.push_back(route({"/a"}, "a"));
  routes.back().methods = {Method::kPost};
  router.add_site({"a.example"}, std::move(routes), {}, {}, std::make_unique<NamedPages>());
  add_site(router, {"b.example"}, "b");
  struct Case {
    std::string host;
    std::string path;
    int status;
    bool has_page;
  };
  const Case cases[] = {{"a.example", "/a", 405, true},
                        {"a.example", "/x", 404, true},
                        {"a.example", "*", 204, false},
                        {"c.example", "/a", 421, false}};
  for (const Case& c : cases) {
    CAPTURE(c.path);
    LoneExchange exchange;
    exchange.request.method = Method::kGet;
    exchange.request.host = c.host;
    exchange.request.path = c.path;
    router.admit(exchange);
    CHECK((exchange.status_pages != nullptr) == (c.host == "a.example"));
    router.start(exchange);
    CHECK(exchange.response.status == c.status);
    const auto* body = std::get_if<server::TextBody>(&exchange.response.body);
    CHECK((body != nullptr && body->text == "page") == c.has_page);
  }
  LoneExchange other;
  other.request.method = Method::kGet;
  other.request.host = "b.example";
  other.request.path = "/a";
  router.admit(other);
  CHECK(other.status_pages == nullptr);
}
