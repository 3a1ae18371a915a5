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
