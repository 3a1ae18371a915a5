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

TEST_CASE("passwords by their file and realm, harmless to a terminal") {
  config::BasicAuth auth;
  auth.users_file.path = "/etc/ouro/users";
  CHECK(server::summarize_auth(auth) == "passwords of /etc/ouro/users (realm \"Restricted\")");
  auth.users_file.path = "/\x1B[31m";
  auth.realm = "A \"B\" \xE2\x80\xAE";
  CHECK(server::summarize_auth(auth) == "passwords of /?[31m (realm \"A \\\"B\\\" \\u202e\")");
}

TEST_CASE("places as errors name them") {
  CHECK(server::summarize(config::Place{"ouro.jsonc", 3, 5}) == "ouro.jsonc:3:5");
  CHECK(server::summarize(config::Place{"\x1B[31m.jsonc", 3, 5}) == "?[31m.jsonc:3:5");
}
