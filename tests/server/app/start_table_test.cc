// Goal: the start table says what an operator looks for first.
// Method: the facts in, the text out.

#include "server/app/start_table.h"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("the table names engine, loops, addresses and sites") {
  config::Config config;
  config::Route route;
  route.path = {"/a/**", "/b"};
  config::Files files;
  files.root = "/srv/www";
  route.action = files;
  config.sites.push_back({{"a.example", "*.a.example"}, {route}});
  route.filters.basic_auth = config::BasicAuth{{"/etc/users", {}}, "Vault"};
  config.sites.push_back({{}, {route}});
  server::StartFacts facts;
  facts.engine = {true, ""};
  facts.loops = 3;
  facts.connections_max = 800;
  facts.addresses = {"http://127.0.0.1:80", "http://[::1]:80"};
  facts.admin = "http://127.0.0.1:81";
  facts.certificates = {{"a.example  RSA 2048", "a.example  ECDSA P-256"}, {}};
  facts.proof = true;
  facts.logins = "cost 12 x 2 workers = about 9 logins/s";
  const std::string text = server::start_table(config, facts);
  for (const std::string expected :
       {"io_uring", "3", "800", "http://127.0.0.1:80", "http://[::1]:80",
        "admin     http://127.0.0.1:81\n", "  auth      cost 12 x 2 workers = about 9 logins/s\n",
        "  proof     each turn is known exactly", "a.example, *.a.example", "any host", "/a/**, /b",
        "/srv/www\n", "  files /srv/www  passwords of /etc/users (realm \"Vault\")\n",
        "  tls       a.example  RSA 2048\n  tls       a.example  ECDSA P-256\n"}) {
    CAPTURE(expected);
    CHECK(text.find(expected) != std::string::npos);
  }
}

TEST_CASE("epoll is said with the reason when it was not the wish") {
  server::StartFacts facts;
  facts.engine = {false, "sysctl says no"};
  CHECK(server::start_table({}, facts).find(
            "epoll, because io_uring is not available: sysctl says no") != std::string::npos);
  facts.engine = {false, ""};
  CHECK(server::start_table({}, facts).find("because") == std::string::npos);
  CHECK(server::start_table({}, facts).find("admin") == std::string::npos);
  CHECK(server::start_table({}, facts).find("auth") == std::string::npos);
  CHECK(server::start_table({}, facts).find("proof") == std::string::npos);
}
