// Goal: sites and routes are named so that their owner recognises them.
// Method: one of each kind.
#include "server/app/summary.h"

#include <doctest/doctest.h>

TEST_CASE("sites by their hosts") {
  config::Site site;
  CHECK(server::summarize_hosts(site) == "any host");
  site.hosts = {"a.example", "*.b.example"};
  CHECK(server::summarize_hosts(site) == "a.example, *.b.example");
}

TEST_CASE("routes by what they do") {
  config::Route route;
  config::Files files;
  files.root = "/srv";
  route.action = files;
  CHECK(server::summarize_action(route) == "files /srv");
  route.action = config::Redirect{"/x", 301};
  CHECK(server::summarize_action(route) == "redirect 301 /x");
  route.action = config::Respond{204, "", ""};
  CHECK(server::summarize_action(route) == "respond 204");
  route.action = config::Health::kReady;
  CHECK(server::summarize_action(route) == "health ready");
}

TEST_CASE("places as errors name them") {
  CHECK(server::summarize(config::Place{"ouro.jsonc", 3, 5}) == "ouro.jsonc:3:5");
  CHECK(server::summarize(config::Place{"\x1B[31m.jsonc", 3, 5}) == "?[31m.jsonc:3:5");
}
