// Goal: a redirect leads where its template says, and never to a host that a client chose by way of
// the path.
// Method: a table of templates and requests with the Location of each.

#include "server/dispatch/redirect.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/uri.h"
#include "tests/server/http/lone_exchange.h"

using server::Redirect;

namespace {

// "308 /location", or the status alone.
std::string answer(const std::string& to, const std::string& target,
                   const std::string& pattern = "/**", const std::string& host = "a.example") {
  http_test::LoneExchange exchange;
  const auto parsed = server::parse_request_target(target);
  REQUIRE(parsed);
  std::array<char, 1024> buffer{};
  const auto path = server::normalize_path(parsed->raw_path, buffer);
  REQUIRE(path);
  exchange.request.target = *parsed;
  exchange.request.path = path->path;
  exchange.request.has_encoded_slash = path->has_encoded_slash;
  exchange.request.host = host;
  Redirect redirect(to, 308, {server::PathPattern(pattern)});
  redirect.start(exchange);
  REQUIRE(exchange.responded());
  const std::string_view fields = exchange.response.fields.text();
  const std::string_view name = "Location: ";
  if (!fields.starts_with(name)) return std::to_string(exchange.response.status);
  return std::to_string(exchange.response.status) + " " +
         std::string(fields.substr(name.size(), fields.find('\r') - name.size()));
}

}  // namespace

TEST_CASE("placeholders") {
  struct Case {
    std::string to, target, location;
    std::string pattern = "/**";
  };
  const Case cases[] = {
      {"https://{host}{uri}", "/a/b?x=1", "https://a.example/a/b?x=1"},
      {"https://{host}{uri}", "/", "https://a.example/"},
      {"{scheme}://b.example{path}", "/a?x=1", "http://b.example/a?x=1"},
      {"/search?q={query}", "/a?x=1", "/search?q=x=1"},
      {"/new{rest}", "/old/a/b", "/new/a/b", "/old/**"},
      {"/new{rest}", "/old", "/new", "/old/**"},
      {"/new{rest}", "/old/", "/new/", "/old/**"},
      {"/x{rest}", "/a/1/2/b", "/x/1/2", "/a/**/b"},
      // The query is kept unless the template has its own.
      {"/new", "/old?x=1", "/new?x=1"},
      {"/new?y=2", "/old?x=1", "/new?y=2"},
      {"/new#part", "/old?x=1", "/new?x=1#part"},
      {"/new", "/old?", "/new?"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.to);
    CAPTURE(c.target);
    CHECK(answer(c.to, c.target, c.pattern) == "308 " + c.location);
  }
}

TEST_CASE("a path leads to no other host, and keeps what it had encoded") {
  CHECK(answer("{uri}", "//evil.example/a") == "308 /evil.example/a");
  CHECK(answer("{path}", "/a/..//evil.example") == "308 /evil.example");
  CHECK(answer("{path}", "/a%2Fb%20c") == "308 /a%2Fb%20c");
  CHECK(answer("{path}", "/100%25") == "308 /100%25");
}

TEST_CASE("without a host there is nowhere to go") {
  CHECK(answer("https://{host}{uri}", "/a", "/**", "") == "400");
  CHECK(answer("/b", "/a", "/**", "") == "308 /b");
}
