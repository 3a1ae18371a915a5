// Goal: a route's filters are the site's with its own on top: headers by name, the rest replaced,
// null removes; what cannot be sent is refused. Method: tables of members in a route and in a site
// of a right file; loaded filters, printed.
#include "config/filters_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/config/sample.h"

using config::Wrong;

namespace {

// "X-Content-Type-Options=nosniff A=- cache=no-cache body=5 log=0 timing=0"
std::string print(const config::Filters& filters) {
  std::string text;
  for (const config::HeaderChange& header : filters.headers) {
    text += header.name + "=" + header.value.value_or("-") + " ";
  }
  text += "cache=" + filters.cache_control.value_or("-");
  text += " body=" + (filters.body_size ? std::to_string(*filters.body_size) : "-");
  text += filters.access_log ? " log=1" : " log=0";
  return text + (filters.server_timing ? " timing=1" : " timing=0");
}

// Of the site, a line break, and of its only route.
std::string loaded(const std::string& site, const std::string& route) {
  const auto config =
      config::load_text(R"({"listen": [":80"], "sites": [{ )" + site + R"( "routes": [{ )" + route +
                            R"( "respond": {} }] }] })",
                        "ouro.jsonc", "/etc/ouro");
  if (!config) return config::render(config.error());
  const config::Site& first = config->config.sites.front();
  return print(first.filters) + "\n" + print(first.routes.front().filters);
}

}  // namespace

TEST_SUITE("config/filters_reader") {
  TEST_CASE("what is wrong, in a route and in a site") {
    constexpr Wrong kCases[] = {
        {R"("headers": {})", ""},
        {R"("headers": {"A": "", "B": "x y", "C": null})", ""},
        {R"("headers": {"A": "\u00fc"})", ""},
        {R"("headers": null)", "^~~~ such as {\"X-Frame-Options\": \"DENY\"}"},
        {R"("headers": ["A"])", "headers must be an object, not a list"},
        {R"("headers": {"": "x"})", "\"\" is not a header name"},
        {R"("headers": {"A:": "x"})", "letters, digits and '-', such as \"X-Frame-Options\""},
        {R"("headers": {"A b": null})", "\"A b\" is not a header name"},
        {R"("headers": {"A": true})", "^~~~ a value, or null for none"},
        {R"("headers": {"A": 1})", "^ write \"1\""},
        {R"("headers": {"A": "x\r\nB: y"})", "A must not have control characters"},
        {R"("headers": {"A": "x\ty"})", "A must not have control characters"},
        {R"("headers": {"A": " x"})", "A must not begin or end with a blank"},
        {R"("headers": {"A": "x "})", "take the blanks away"},
        {R"("headers": {"A": "x", "a": "y"})", "duplicate header \"a\""},
        {R"("headers": {"Date": "x"})", "Date is ouro's own header"},
        {R"("headers": {"connection": "close"})", "it writes what is true of the message and"},
        {R"("headers": {"Content-Length": null})", "Content-Length is ouro's own header"},
        {R"("headers": {"transfer-Encoding": "x"})", "transfer-Encoding is ouro's own header"},
        {R"("headers": {"Keep-Alive": "x"})", "Keep-Alive is ouro's own header"},
        {R"("headers": {"Upgrade": "x"})", "Upgrade is ouro's own header"},
        {R"("headers": {"Trailer": "x"})", "Trailer is ouro's own header"},
        {R"("cache_control": "no-store")", ""},
        {R"("cache_control": null)", ""},
        {R"("cache_control": "")", "^~ null for none"},
        {R"("cache_control": "a ")", "cache_control must not begin or end with a blank"},
        {R"("cache_control": 3600)", "cache_control must be a string, not a number"},
        {R"("cache_controle": "x")", "did you mean \"cache_control\"?"},
        {R"("body_size": "1TiB")", ""},
        {R"("body_size": 1099511627777)", "body_size must be from 0B to 1TiB"},
        {R"("body_size": null)", ""},
        {R"("body_size": "1MB")", "did you mean \"1MiB\"?"},
        {R"("access_log": false)", ""},
        {R"("access_log": null)", "access_log must be true or false, not null"},
        {R"("access_log": "false")", "^~~~~~~ write false"},
        {R"("access_log": "stdout")", "access_log must be true or false, not a string"},
        {R"("server_timing": true)", ""},
        {R"("server_timings": true)", "did you mean \"server_timing\"?"},
        {R"("server_timing": 1)", "server_timing must be true or false, not a number"},
    };
    for (const Wrong& test : kCases) config::check_in_route_and_site(test.text, test.error);
  }

  TEST_CASE("as many headers as one place may set, and one more") {
    const auto with = [](std::size_t count) {
      std::string members;
      for (std::size_t index = 0; index < count; ++index) {
        members += "\"X-" + std::to_string(index) + "\": \"\", ";
      }
      return config::errors_of_route("\"headers\": {" + members + "}, \"respond\": {}");
    };
    CHECK(with(100).empty());
    CHECK(config::shows_only(with(101), "headers has more than 100 names"));
  }

  TEST_CASE("inheritance") {
    const std::string nosniff = "X-Content-Type-Options=nosniff ";
    CHECK(loaded("", "") ==
          nosniff + "cache=- body=- log=1 timing=0\n" + nosniff + "cache=- body=- log=1 timing=0");
    const std::string site =
        R"("headers": {"A": "1", "B": "2"}, "cache_control": "no-cache", "body_size": 5,
           "access_log": false, "server_timing": true,)";
    const std::string of_site = nosniff + "A=1 B=2 cache=no-cache body=5 log=0 timing=1";
    CHECK(loaded(site, "") == of_site + "\n" + of_site);
    CHECK(loaded(site, R"("headers": {"a": null, "C": "3"}, "cache_control": "no-store",)") ==
          of_site + "\n" + nosniff + "a=- B=2 C=3 cache=no-store body=5 log=0 timing=1");
    CHECK(loaded(site, R"("cache_control": null, "body_size": null, "access_log": true,
                          "server_timing": false,)") ==
          of_site + "\n" + nosniff + "A=1 B=2 cache=- body=- log=1 timing=0");
  }

  TEST_CASE("the header that is set without being asked for") {
    CHECK(loaded(R"("headers": {"x-content-type-options": null},)", "") ==
          "x-content-type-options=- cache=- body=- log=1 timing=0\n"
          "x-content-type-options=- cache=- body=- log=1 timing=0");
    CHECK(loaded("", R"("headers": {"X-Content-Type-Options": "x"},)") ==
          "X-Content-Type-Options=nosniff cache=- body=- log=1 timing=0\n"
          "X-Content-Type-Options=x cache=- body=- log=1 timing=0");
  }

  TEST_CASE("the routes may stand before the site's filters") {
    CHECK(config::load_text(R"({"listen": [":80"], "sites": [{ "routes": [{"respond": {}}],
                                "body_size": 7 }] })",
                            "f", "/")
              ->config.sites[0]
              .routes[0]
              .filters.body_size == 7);
  }
}
