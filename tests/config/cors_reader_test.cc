// Goal: "cors" is read as written; an origin that no browser ever sends, and what a browser would
// not take, is refused with what to write instead. Method: tables of "cors" in a right file.
#include "config/cors_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/loader.h"
#include "tests/config/sample.h"

using config::Wrong;
using Strings = std::vector<std::string>;

namespace {

std::string route_with(std::string_view cors) {
  return R"("files": {"root": "."}, "cors": )" + std::string(cors);
}

config::Route loaded_route(std::string_view site, std::string_view route) {
  const std::string text = R"({"listen": [":80"], "sites": [{)" + std::string(site) +
                           R"("routes": [{"files": {"root": "."})" + std::string(route) + "}]}]}";
  CAPTURE(text);
  const auto result = config::load_text(text, "ouro.jsonc", "/etc/ouro");
  REQUIRE(result);
  return result->config.sites[0].routes[0];
}

void check(const Wrong& test) {
  config::check_errors(test.text, config::errors_of_route(route_with(test.text)), test.error);
}

}  // namespace

TEST_SUITE("config/cors_reader") {
  TEST_CASE("every key") {
    const auto cors =
        loaded_route("", R"(, "cors": {"origins": ["HTTPS://App.example:8443", "null"],
        "methods": ["PUT", "DELETE"], "headers": ["X-Token", "content-type"], "credentials": true,
        "max_age": "2h"})")
            .filters.cors;
    REQUIRE(cors);
    CHECK(cors->origins == Strings{"https://app.example:8443", "null"});
    CHECK(cors->methods == Strings{"PUT", "DELETE"});
    CHECK(cors->headers == Strings{"X-Token", "content-type"});
    CHECK(cors->credentials);
    CHECK(cors->max_age == std::chrono::seconds(7200));
  }

  TEST_CASE("defaults") {
    const auto cors = loaded_route("", R"(, "cors": {"origins": ["*"]})").filters.cors;
    REQUIRE(cors);
    CHECK(cors->origins == Strings{"*"});
    CHECK(cors->methods == Strings{"GET", "HEAD", "POST"});
    CHECK(cors->headers.empty());
    CHECK_FALSE(cors->credentials);
    CHECK(cors->max_age == std::chrono::seconds(0));
    CHECK_FALSE(loaded_route("", "").filters.cors);
  }

  TEST_CASE("a route has what its site has, replaces the whole of it, or removes it") {
    constexpr std::string_view kSite = R"("cors": {"origins": ["*"], "max_age": "5s"}, )";
    CHECK(loaded_route(kSite, "").filters.cors->max_age == std::chrono::seconds(5));
    const auto own = loaded_route(kSite, R"(, "cors": {"origins": ["https://a.example"]})");
    CHECK(own.filters.cors->origins == Strings{"https://a.example"});
    CHECK(own.filters.cors->max_age == std::chrono::seconds(0));
    CHECK_FALSE(loaded_route(kSite, R"(, "cors": null)").filters.cors);
  }

  TEST_CASE("origins") {
    constexpr Wrong kCases[] = {
        {R"({"origins": ["http://localhost:3000", "http://[::1]:8080", "app://x"]})", ""},
        {R"({})", "\"origins\" is missing in cors"},
        {R"({"origins": []})", "origins must not be empty"},
        {R"({"origins": "*"})", "^~~ write [\"*\"]"},
        {R"({"origins": [1]})", "such as \"https://app.example\", or \"*\" for everybody"},
        {R"({"origins": ["app.example"]})", "\"app.example\" is not an origin"},
        {R"({"origins": ["://a"]})", "\"://a\" is not an origin"},
        {R"({"origins": ["https://"]})", "\"https://\" is not an origin"},
        {R"({"origins": ["https:///a"]})", "\"https:///a\" is not an origin"},
        {R"({"origins": ["https://*.example"]})", "\"https://*.example\" is not an origin"},
        {R"({"origins": ["https://u@a.example"]})", "is not an origin"},
        {R"({"origins": ["https://a.example, https://b.example"]})", "is not an origin"},
        {R"({"origins": ["https://a.example:x"]})", "is not an origin"},
        {R"({"origins": ["https://a.example:"]})", "is not an origin"},
        {R"({"origins": ["https://a.example:65536"]})", "is not an origin"},
        {R"({"origins": ["https://gr\u00fcn.example"]})", "xn--"},
        {R"({"origins": ["https://a.example/"]})", "write \"https://a.example\""},
        {R"({"origins": ["https://a.example/app?x"]})", "write \"https://a.example\""},
        {R"({"origins": ["https://a.example:443"]})", "write \"https://a.example\""},
        {R"({"origins": ["http://a.example:80"]})", "write \"http://a.example\""},
        {R"({"origins": ["http://a.example:443", "https://a.example:80"]})", ""},
        {R"({"origins": ["https://a.example", "https://A.example"]})",
         "duplicate origin \"https://A.example\""},
        {R"({"origins": ["https://a.example", "*"]})", "\"*\" alone is everybody"},
    };
    for (const Wrong& test : kCases) check(test);
  }

  TEST_CASE("the rest") {
    constexpr Wrong kCases[] = {
        {R"(null)", ""},
        {R"(true)", "cors must be an object, not a boolean"},
        {R"(["*"])", "cors must be an object, not a list"},
        {R"({"origin": ["*"]})", "did you mean \"origins\"?"},
        {R"({"origins": ["*"], "methods": ["get"]})", "^~~~~ write \"GET\""},
        {R"({"origins": ["*"], "methods": []})", "methods must not be empty"},
        {R"({"origins": ["*"], "methods": ["*"]})", "\"*\" is not a method"},
        {R"({"origins": ["*"], "headers": []})", ""},
        {R"({"origins": ["*"], "headers": ["*"]})", ""},
        {R"({"origins": ["*"], "headers": "X-A"})", "write [\"X-A\"]"},
        {R"({"origins": ["*"], "headers": ["X A"]})", "\"X A\" is not a header name"},
        {R"({"origins": ["*"], "headers": ["X-A:"]})", "letters, digits and '-'"},
        // Fetch: "*" does not cover Authorization, and is echoed by us where credentials are sent.
        {R"({"origins": ["*"], "headers": ["*", "Authorization"]})", ""},
        {R"({"origins": ["https://a.example"], "credentials": true, "headers": ["*"]})", ""},
        {R"({"origins": ["*"], "headers": ["X-A", "x-a"]})", "duplicate header \"x-a\""},
        {R"({"origins": ["*"], "credentials": "true"})", "^~~~~~ write true"},
        {R"({"origins": ["*"], "credentials": true})", "name the origins that may send them"},
        {R"({"origins": ["*"], "max_age": 600})", "a string with a unit"},
        {R"({"origins": ["*"], "max_age": "1500ms"})", "max_age counts whole seconds"},
        {R"({"origins": ["*"], "max_age": "24h"})", ""},
        {R"({"origins": ["*"], "max_age": "25h"})", "max_age must be from 0ms to 24h"},
    };
    for (const Wrong& test : kCases) check(test);
  }
}
