// Goal: sites, hosts and routes are read as written; what contradicts itself is refused at the
// second place with the first one named. Method: tables of "sites" in a right file; whole rendered
// texts for what stands between sites.
#include "config/site_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/config/sample.h"

using config::errors_of_sites;

namespace {

struct Case {
  std::string_view sites;  // on line 3 of a right file
  std::string_view error;  // part of what is shown; empty: it is right
};

void check(const Case& test) {
  CAPTURE(test.sites);
  const std::string errors = errors_of_sites(test.sites);
  CAPTURE(errors);
  CHECK(config::shows_only(errors, test.error));
}

// A route with `members` before its files.
std::string route(std::string_view members) {
  return "[{\"routes\": [{" + std::string(members) + "}]}]";
}

}  // namespace

TEST_SUITE("config/site_reader") {
  TEST_CASE("sites and hosts") {
    constexpr Case kCases[] = {
        {R"([])", "sites must not be empty"},
        {R"({})", "sites must be a list, not an object"},
        {R"([1])", "a site must be an object, not a number"},
        {R"([{}])", "\"routes\" is missing in a site"},
        {R"([{"routes": []}])", "routes must not be empty"},
        {R"([{"routes": {}}])", "routes must be a list, not an object"},
        {R"([{"routes": ["/"]}])", "a route must be an object, not a string"},
        {R"([{"routs": []}])", "did you mean \"routes\"?"},
        {R"([{"hosts": [], "routes": [{"files": {"root": "."}}]}])", ""},
        {R"([{"hosts": "a", "routes": [{"files": {"root": "."}}]}])", "^~~ write [\"a\"]"},
        {R"([{"hosts": [1], "routes": [{"files": {"root": "."}}]}])",
         "a host must be a string, not a number"},
        {R"([{"hosts": ["a:80"], "routes": [{"files": {"root": "."}}]}])",
         "^~~~~~ a name alone, without port"},
        {R"([{"hosts": ["a", "*.a"], "routes": [{"files": {"root": "."}}]}])", ""},
        {R"([{"hosts": ["a", "b", "A"], "routes": [{"files": {"root": "."}}]}])",
         "duplicate host \"a\""},
    };
    for (const Case& test : kCases) check(test);
  }

  TEST_CASE("routes") {
    constexpr std::string_view kFiles = R"("files": {"root": "/srv"})";
    const std::string files(kFiles);
    const auto with_path = [&](std::string_view path) {
      return route("\"path\": " + std::string(path) + ", " + files);
    };
    check({with_path(R"("/a/**")"), ""});
    check({with_path(R"(["/a", "/b"])"), ""});
    check({with_path("[]"), "path must not be empty"});
    check({with_path("1"), "path must be a string or a list, not a number"});
    check({with_path("[1]"), "a path pattern must be a string, not a number"});
    check({with_path(R"("a")"), "^~~ write \"/a\""});
    check({with_path(R"(["/a", "/a%20b"])"), "^~~~~~~~ patterns match the decoded path"});
    check({with_path(R"("/${x}")"), "\"${...}\" is not supported yet"});
    check({route(""), "\"files\" is missing in a route"});
    check({route("\"methods\": [], " + files), "unknown key \"methods\""});
  }

  TEST_CASE("files") {
    struct FilesCase {
      std::string_view files;
      std::string_view error;
    };
    constexpr FilesCase kCases[] = {
        {R"([])", "files must be an object, not a list"},
        {R"("/srv")", "files must be an object, not a string"},
        {R"({})", "3:15: error: \"root\" is missing in files"},  // at the key "files"
        {R"({"root": ""})", "root must not be empty"},
        {R"({"root": null})", "root must be a string, not null"},
        {R"({"root": "a\u0000b"})", "root must not have control characters"},
        {R"({"root": "${env:ROOT}"})", "\"${...}\" is not supported yet"},
        {R"({"root": ".", "index": []})", ""},
        {R"({"root": ".", "index": ["a.html", "b"]})", ""},
        {R"({"root": ".", "index": "a.html"})", "write [\"a.html\"]"},
        {R"({"root": ".", "index": ["a/b"]})", "\"a/b\" has a '/'"},
        {R"({"root": ".", "index": [""]})", "\"\" is empty"},
        {R"({"root": ".", "index": [".."]})", "\"..\" is a directory"},
        {R"({"root": ".", "listing": true})", "unknown key \"listing\""},
    };
    for (const FilesCase& test : kCases) {
      const std::string sites = route("\"files\": " + std::string(test.files));
      check({sites, test.error});
    }
  }

  TEST_CASE("index names: the longest file name and one more") {
    const auto with_index = [](std::size_t size) {
      return route(R"("files": {"root": ".", "index": [")" + std::string(size, 'a') + "\"]}");
    };
    check({with_index(255), ""});
    check({with_index(256), "is longer than a file name can be"});
  }

  TEST_CASE("a host in two sites") {
    CHECK(errors_of_sites(
              "[{\"hosts\": [\"a.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]},\n"
              " {\"hosts\": [\"A.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]}]") ==
          "ouro.jsonc:4:13: error: duplicate host \"a.example\"\n"
          "   4 |  {\"hosts\": [\"A.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]}]\n"
          "     |             ^~~~~~~~~~~ the first is at 3:13\n");
  }

  TEST_CASE("two default sites") {
    CHECK(errors_of_sites("[{\"routes\": [{\"files\": {\"root\": \".\"}}]},\n"
                          " {\"hosts\": [], \"routes\": [{\"files\": {\"root\": \".\"}}]}]") ==
          "ouro.jsonc:4:3: error: a second site without hosts\n"
          "   4 |  {\"hosts\": [], \"routes\": [{\"files\": {\"root\": \".\"}}]}]\n"
          "     |   ^~~~~~~ the first is at 3:2\n");
  }

  TEST_CASE("a site whose hosts are wrong is no default site") {
    const std::string routes = R"("routes": [{"files": {"root": "."}}])";
    const std::string no_hosts = "{" + routes + "}";
    const std::string sites_of[] = {
        R"([{"host": ["a"], )" + routes + "}, " + no_hosts + "]",
        R"([{"hosts": ["a:1"], )" + routes + "}, " + no_hosts + "]",
        R"([{"hosts": 1, )" + routes + "}, " + no_hosts + "]",
    };
    for (const std::string& sites : sites_of) {
      CAPTURE(sites);
      CHECK(errors_of_sites(sites).find("second site") == std::string::npos);
      CHECK_FALSE(errors_of_sites(sites).empty());
    }
  }
}
