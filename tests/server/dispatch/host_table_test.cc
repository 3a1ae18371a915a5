// Goal: a host leads to the site that names it most exactly, and the rule that found it is known.
// Method: tables of hosts with the site and the rule. What clients may write is in router_test.
#include "server/dispatch/host_table.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using server::HostRule;
using server::HostTable;

TEST_CASE("exact, then a wildcard of one label, then the site without hosts, each by its rule") {
  HostTable table;
  table.add({}, 7);
  table.add({"*.example"}, 8);
  table.add({"a.example", "b.test"}, 9);
  struct Case {
    std::string host;
    std::size_t site;
    HostRule rule;
  };
  const Case cases[] = {{"a.example", 9, HostRule::kExact},
                        {"B.Test.", 9, HostRule::kExact},
                        {"b.example", 8, HostRule::kWildcard},
                        {"x.b.example", 7, HostRule::kDefault},
                        {"example", 7, HostRule::kDefault},
                        {"", 7, HostRule::kDefault},
                        {std::string(256, 'a'), 7, HostRule::kDefault}};
  for (const Case& c : cases) {
    CAPTURE(c.host);
    const auto match = table.find(c.host);
    REQUIRE(match);
    CHECK(match->site == c.site);
    CHECK(match->rule == c.rule);
  }
}

TEST_CASE("nothing is found where nothing is named") {
  HostTable table;
  CHECK_FALSE(table.find("a.example"));
  table.add({"a.example"}, 1);
  CHECK(table.find("a.example"));
  CHECK_FALSE(table.find("b.example"));
}

TEST_CASE("a copy goes its own way") {
  HostTable table;
  table.add({"a.example"}, 1);
  HostTable copy = table;
  copy.add({"b.example"}, 2);
  CHECK(copy.find("a.example"));
  CHECK(copy.find("b.example"));
  CHECK_FALSE(table.find("b.example"));
}
