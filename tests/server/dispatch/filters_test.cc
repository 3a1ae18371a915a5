// Goal: the filters of a route become the fields of its answers, and take the place of what a
// handler says of the same name.
// Method: a table of changes with the fields they render to and the names they withhold.

#include "server/dispatch/filters.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using server::compile_policy;
using server::ResponsePolicy;

TEST_CASE("without a configuration only nosniff is sent, in every answer") {
  const ResponsePolicy policy = compile_policy({});
  CHECK(policy.fields == "X-Content-Type-Options: nosniff\r\n");
  CHECK(policy.fields_of_success.empty());
  CHECK(policy.access_log);
}

TEST_CASE("set, removed, and in place of a handler's own") {
  struct Case {
    config::HeaderChange change;
    std::string fields;
    bool withheld;
  };
  const Case cases[] = {
      {{"X-Frame-Options", "DENY"}, "X-Frame-Options: DENY\r\n", false},
      {{"X-Frame-Options", std::nullopt}, "", false},  // no handler sends it
      {{"Content-Type", "text/plain"}, "Content-Type: text/plain\r\n", true},
      {{"etag", std::nullopt}, "", true},
      {{"www-authenticate", std::nullopt}, "", true},
      // RFC 9110 12.5.5: a cache must still see what the handler varied on.
      {{"Vary", "Origin"}, "Vary: Origin\r\n", false},
      {{"Vary", std::nullopt}, "", true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.change.name);
    config::Filters filters;
    filters.headers = {c.change};
    const ResponsePolicy policy = compile_policy(filters);
    CHECK(policy.fields == c.fields);
    CHECK(policy.withholds(c.change.name) == c.withheld);
  }
}

TEST_CASE("cache_control stands apart: not every answer carries it") {
  config::Filters filters;
  filters.headers.clear();
  filters.cache_control = "max-age=60";
  filters.access_log = false;
  const ResponsePolicy policy = compile_policy(filters);
  CHECK(policy.fields.empty());
  CHECK(policy.fields_of_success == "Cache-Control: max-age=60\r\n");
  CHECK(!policy.access_log);
}

TEST_CASE("cors is there when it is configured, and headers have the last word on its fields") {
  config::Filters filters;
  filters.headers = {{"access-control-allow-origin", "https://a.test"},
                     {"Access-Control-Max-Age", std::nullopt},
                     {"Vary", "Cookie"}};
  const ResponsePolicy without = compile_policy(filters);
  CHECK(without.cross_origin == nullptr);
  CHECK(without.withheld.empty());
  filters.cors.emplace();
  filters.cors->origins = {"https://b.test"};
  const ResponsePolicy policy = compile_policy(filters);
  CHECK(policy.cross_origin != nullptr);
  CHECK(policy.withholds("Access-Control-Allow-Origin"));
  CHECK(policy.withholds("Access-Control-Max-Age"));
  CHECK_FALSE(policy.withholds("Access-Control-Allow-Methods"));
  CHECK_FALSE(policy.withholds("Vary"));
}
