// Goal: a configuration becomes what the loops use, or a failure that names the value at fault.
// Method: compiled against real folders.

#include "server/app/snapshot.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "server/app/rehearsal.h"
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

TEST_CASE("a users' file at fault is named with its line and the place that names it") {
  const test::TemporaryDirectory directory;
  config::Config config = config_of({directory.path()});
  CHECK(!(*server::Snapshot::compile(config))->asks_for_passwords());
  config::BasicAuth auth;
  auth.users_file = {directory.write("users", "# none\n"), {"ouro.jsonc", 7, 9}};
  config.sites[0].routes[0].filters.basic_auth = auth;
  const auto right = server::Snapshot::compile(config);
  REQUIRE(right);
  CHECK((*right)->asks_for_passwords());
  REQUIRE((*right)->users().tables.size() == 1);
  CHECK((*right)->users().tables[0]->size() == 0);
  directory.write("users", "# none\nanna\n");
  const auto snapshot = server::Snapshot::compile(config);
  REQUIRE(!snapshot);
  CHECK(snapshot.error().place.line == 7);
  CHECK(snapshot.error().error.message.starts_with(auth.users_file.path + ":2:1: "));
}

TEST_CASE("a route with passwords is no open door") {
  const test::TemporaryDirectory directory;
  directory.write("a.txt", "for Anna");
  directory.write("users", "");
  config::Config config = config_of({directory.path()});
  config.listen.emplace_back();
  constexpr std::string_view kRequest = "GET /a.txt HTTP/1.1\r\nHost: host1\r\n\r\n";
  const auto status_line = [&] {
    const auto snapshot = server::Snapshot::compile(config);
    REQUIRE(snapshot);
    const auto rehearsal = server::rehearse(*snapshot, 0, kRequest, std::chrono::seconds(10));
    REQUIRE(rehearsal);
    return rehearsal->head.substr(0, rehearsal->head.find('\r'));
  };
  CHECK(status_line() == "HTTP/1.1 200 OK");
  config::BasicAuth auth;
  auth.users_file.path = directory.path() + "/users";
  config.sites[0].routes[0].filters.basic_auth = auth;
  CHECK(status_line() != "HTTP/1.1 200 OK");
}
