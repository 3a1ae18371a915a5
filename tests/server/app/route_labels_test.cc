// Goal: every route is counted under a name, however many there are, and the number of names is
// bounded. Method: configurations with few, equal, long and a thousand routes.

#include "server/app/route_labels.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using server::RouteLabels;

config::Route route(std::vector<std::string> path) {
  config::Route route;
  route.path = std::move(path);
  route.action = config::Respond{};
  return route;
}

config::Site site(std::vector<std::string> hosts, std::vector<std::vector<std::string>> paths) {
  config::Site site;
  site.hosts = std::move(hosts);
  for (auto& path : paths) site.routes.push_back(route(std::move(path)));
  return site;
}

}  // namespace

TEST_CASE("a route is called by its site's hosts and its paths; equal names are one") {
  config::Config config;
  config.sites.push_back(site({"a.test", "www.a.test"}, {{"/x", "/y/**"}, {"/z"}, {"/z"}}));
  config.sites.push_back(site({}, {{"/**"}}));
  const RouteLabels labels(config);
  const std::vector<RouteLabels::Label> expected{{"none", "none"},
                                                 {"other", "other"},
                                                 {"a.test, www.a.test", "/x, /y/**"},
                                                 {"a.test, www.a.test", "/z"},
                                                 {"any host", "/**"}};
  CHECK(labels.all() == expected);
  CHECK(labels.index_of(0, 0) == 2);
  CHECK(labels.index_of(0, 1) == 3);
  CHECK(labels.index_of(0, 2) == 3);
  CHECK(labels.index_of(1, 0) == 4);
}

TEST_CASE("a thousand routes have a hundred names of their own, and share one beyond") {
  config::Config config;
  std::vector<std::vector<std::string>> paths;
  for (int i = 0; i < 1000; ++i) paths.push_back({"/" + std::to_string(i)});
  config.sites.push_back(site({"a.test"}, paths));
  const RouteLabels labels(config);
  CHECK(labels.all().size() == RouteLabels::kLabelsMax + 2);
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < 1000; ++i) seen.insert(labels.index_of(0, i));
  CHECK(seen.size() == RouteLabels::kLabelsMax + 1);
  CHECK(labels.index_of(0, 99) == RouteLabels::kLabelsMax + 1);
  CHECK(labels.index_of(0, 100) == RouteLabels::kOther);
  CHECK(labels.index_of(0, 999) == RouteLabels::kOther);
}

TEST_CASE("a long name is cut off between two characters") {
  config::Config config;
  std::string path = "/";
  for (int i = 0; i < 100; ++i) path += "\xC3\xA4";  // two bytes each, at odd places
  config.sites.push_back(site({}, {{path}}));
  const RouteLabels labels(config);
  const std::string& name = labels.all().back().route;
  CHECK(name.size() <= RouteLabels::kBytesMax);
  CHECK(name == path.substr(0, 97) + "...");
}
