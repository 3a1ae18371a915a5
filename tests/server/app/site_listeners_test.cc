// Goal: a site is found on the listeners that it names, whatever the engine and the loop that its
// client came to, and nowhere else.
// Method: a live server with two listeners and three sites; a table of hosts on each port.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/app/live_server.h"
#include "tests/server/app/test_client.h"

namespace {

config::Site site_that_says(const std::string& body, std::vector<std::string> hosts,
                            std::vector<std::size_t> listen) {
  config::Route route;
  route.action = config::Respond{200, body};
  config::Site site;
  site.hosts = std::move(hosts);
  site.routes = {route};
  site.listen = std::move(listen);
  return site;
}

}  // namespace

TEST_CASE("the same host leads to another site on another listener") {
  config::Config config;
  config.listen.resize(2);
  config.sites = {site_that_says("public", {"a.test"}, {0}), site_that_says("internal", {}, {1}),
                  site_that_says("both", {"b.test"}, {})};
  struct Case {
    std::size_t listener;
    std::string host;
    int status;
    std::string body;
  };
  const std::vector<Case> cases = {{0, "a.test", 200, "public"}, {1, "a.test", 200, "internal"},
                                   {0, "b.test", 200, "both"},   {1, "b.test", 200, "both"},
                                   {0, "c.test", 421, ""},       {1, "c.test", 200, "internal"}};
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    test::LiveOptions options;
    options.engine = engine;
    options.loops = 2;
    test::LiveServer server(config, options);
    for (const Case& c : cases) {
      CAPTURE(c.listener);
      CAPTURE(c.host);
      test::TestClient client(server.port(c.listener));
      for (int again = 0; again < 2; ++again) {  // the second exchange of a connection too
        REQUIRE(client.send("GET / HTTP/1.1\r\nHost: " + c.host + "\r\n\r\n"));
        const auto answer = client.read_answer();
        REQUIRE(answer);
        CHECK(answer->status == c.status);
        if (c.status == 200) CHECK(answer->body == c.body);
      }
    }
  }
}
