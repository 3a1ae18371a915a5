// Goal: sites, hosts and routes are read as written; what contradicts itself is refused at the
// second place with the first one named. Method: tables of "sites" in a right file; whole rendered
// texts for what stands between sites.
#include "config/site_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

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

  TEST_CASE("a host in two sites") {
    CHECK(errors_of_sites(
              "[{\"hosts\": [\"a.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]},\n"
              " {\"hosts\": [\"A.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]}]") ==
          "ouro.jsonc:4:13: error: duplicate host \"a.example\"\n"
          "   4 |  {\"hosts\": [\"A.example\"], \"routes\": [{\"files\": {\"root\": \".\"}}]}]\n"
          "     |             ^~~~~~~~~~~ the first is at 3:13\n");
  }

  TEST_CASE("a host in two sites is wrong where they have a listener in common") {
    const auto site = [](const std::string& listen) {
      return R"({"hosts": ["a"], )" + listen + R"("routes": [{"respond": {}}]})";
    };
    const std::string everywhere = site("");
    const std::string first = site(R"("listen": [":1"], )");
    const std::string second = site(R"("listen": [":2"], )");
    const std::string both = site(R"("listen": [":1", ":2"], )");
    const auto errors_of_two = [](const std::string& one, const std::string& other) {
      return config::errors_of(R"({"listen": [":1", ":2"], "sites": [)" + one + ", " + other +
                               "]}");
    };
    CHECK(errors_of_two(first, second) == "");
    for (const auto& [one, other] :
         {std::pair(everywhere, everywhere), std::pair(everywhere, second),
          std::pair(second, everywhere), std::pair(first, both), std::pair(both, second)}) {
      CAPTURE(one);
      CAPTURE(other);
      CHECK(config::shows_only(errors_of_two(one, other), "duplicate host \"a\""));
    }
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
