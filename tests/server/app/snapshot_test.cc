// Goal: a configuration becomes what the loops use, or a failure that names the value at fault.
// Method: compiled against real folders.

#include "server/app/snapshot.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/server/app/temporary_directory.h"

namespace {

config::Config config_of(std::initializer_list<std::string> roots) {
  config::Config config;
  std::size_t line = 0;
  for (const std::string& root : roots) {
    config::Route route;
    config::Files files;
    files.root = root;
    files.place = {"ouro.jsonc", ++line, 9};
    route.action = files;
    config.sites.push_back({{"host" + std::to_string(line)}, {route}});
  }
  return config;
}

}  // namespace

TEST_CASE("roots that exist compile, limits keep their values") {
  const test::TemporaryDirectory directory;
  config::Config config = config_of({directory.path(), directory.path()});
  config.limits.header_size = 1234;
  config.limits.keepalive_timeout = std::chrono::milliseconds(5678);
  const auto snapshot = server::Snapshot::compile(config);
  REQUIRE(snapshot);
  CHECK((*snapshot)->http_limits().header_bytes_max == 1234);
  CHECK((*snapshot)->http_limits().keepalive_timeout == std::chrono::milliseconds(5678));
}

TEST_CASE("error pages: the directory has to be there, the page may come later") {
  const test::TemporaryDirectory directory;
  const std::string file = directory.write("file", "");
  config::Config config = config_of({directory.path()});
  config.sites[0].error_pages[404] = {directory.path() + "/later.html", {"ouro.jsonc", 7, 9}};
  config.sites[0].error_pages[500] = {"/later.html", {"ouro.jsonc", 8, 9}};
  CHECK(server::Snapshot::compile(config));
  for (const std::string& page : {directory.path() + "/missing/404.html", file + "/404.html"}) {
    CAPTURE(page);
    config.sites[0].error_pages[404].path = page;
    const auto snapshot = server::Snapshot::compile(config);
    REQUIRE(!snapshot);
    CHECK(snapshot.error().place.line == 7);
    CHECK(snapshot.error().error.message.find(page) != std::string::npos);
    CHECK(snapshot.error().error.errno_value != 0);
  }
}

TEST_CASE("the root at fault is named with its place") {
  const test::TemporaryDirectory directory;
  const std::string file = directory.write("file", "");
  for (const std::string& root : {directory.path() + "/missing", file}) {
    CAPTURE(root);
    const auto snapshot = server::Snapshot::compile(config_of({directory.path(), root}));
    REQUIRE(!snapshot);
    CHECK(snapshot.error().place.line == 2);
    CHECK(snapshot.error().error.message.find(root) != std::string::npos);
    CHECK(snapshot.error().error.errno_value != 0);
  }
}
