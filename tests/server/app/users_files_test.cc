// Goal: each file has one number however many routes name it; what is wrong with files is told with
// the place that names them and the line, all at once. Method: configurations over files made by
// the test.

#include "server/app/users_files.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "config/loader.h"
#include "server/app/file_state.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using test::user_line;

config::Config config_of(const test::TemporaryDirectory& directory) {
  auto loaded = config::load_text(R"({"listen": ["127.0.0.1:80"], "sites": [
{"auth": {"basic": {"users_file": "b"}}, "routes": [
  {"path": "/x", "respond": {}},
  {"path": "/a", "auth": {"basic": {"users_file": "a"}}, "respond": {}},
  {"path": "/b", "auth": {"basic": {"users_file": "./b", "realm": "Other"}}, "respond": {}},
  {"auth": null, "respond": {}}]}]})",
                                  "ouro.jsonc", directory.path());
  REQUIRE(loaded);
  return loaded->config;
}

}  // namespace

TEST_CASE("files have numbers by path") {
  const test::TemporaryDirectory directory;
  const config::Config config = config_of(directory);
  const auto files = server::users_files(config);
  REQUIRE(files.size() == 2);
  CHECK(files[0]->path == directory.path() + "/b");
  CHECK(server::users_number(files, directory.path() + "/a") == 1);
  CHECK(server::users_number(files,
                             config.sites[0].routes[2].filters.basic_auth->users_file.path) == 0);
  CHECK(server::users_files({}).empty());
}

TEST_CASE("files that are right become tables, with their states") {
  const test::TemporaryDirectory directory;
  directory.write("a", user_line("anna", "x") + user_line("bob", "x"));
  const std::string b = directory.write("b", "# nobody yet\n");
  const auto users = server::load_users(config_of(directory));
  REQUIRE(users);
  REQUIRE(users->tables.size() == 2);
  CHECK(users->tables[0]->size() == 0);
  CHECK(users->tables[1]->size() == 2);
  CHECK(users->states[0] == server::file_state(b));
}

TEST_CASE("all mistakes are told, at the first place that names the file") {
  const test::TemporaryDirectory directory;
  directory.write("a", "anna\n" + user_line("bob", "x") + "eve:plain\n");
  const auto users = server::load_users(config_of(directory));
  REQUIRE(!users);
  const auto& failures = users.error();
  REQUIRE(failures.size() == 3);
  CHECK(failures[0].is_missing);
  CHECK(failures[0].message == directory.path() + "/b does not exist");
  CHECK(failures[0].place.line == 2);
  CHECK(!failures[1].is_missing);
  CHECK(failures[1].message.starts_with(directory.path() + "/a:1:1: there is no colon"));
  CHECK(failures[1].place.line == 4);
  CHECK(failures[2].message.starts_with(directory.path() + "/a:3:5: the hash of \"eve\" "));
  CHECK(failures[2].message.find("plain\n") == std::string::npos);
}

TEST_CASE("what is no file, too large, or half written") {
  const test::TemporaryDirectory directory;
  const auto folder = server::read_users_file(directory.path());
  CHECK(folder.table == nullptr);
  CHECK(!folder.trouble.empty());
  const std::string path = directory.write("users", "");
  std::filesystem::resize_file(path, (std::size_t{16} << 20U) + 1);
  const auto large = server::read_users_file(path);
  CHECK(large.table == nullptr);
  CHECK(large.trouble == path + " is larger than 16 MiB");
  CHECK(!large.may_pass);
  for (const auto& [text, complete] :
       {std::pair("", true), std::pair("# a\n", true), std::pair("# a\n#", false)}) {
    directory.write("users", text);
    CHECK(server::read_users_file(path).is_complete == complete);
  }
}
