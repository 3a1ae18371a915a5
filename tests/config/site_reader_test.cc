// Goal: sites, hosts and routes are read as written; what contradicts itself is refused at the
// second place with the first one named. Method: tables of "sites" in a right file; whole rendered
// texts for what stands between sites.
#include "config/site_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/loader.h"
#include "tests/config/sample.h"

using config::errors_of_sites;
using config::Wrong;

namespace {

void check(const Wrong& test) {
  config::check_errors(test.text, errors_of_sites(test.text), test.error);
}

}  // namespace

TEST_SUITE("config/site_reader") {
  TEST_CASE("sites and hosts") {
    constexpr Wrong kCases[] = {
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
    for (const Wrong& test : kCases) check(test);
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
    for (const auto& pair :
         {std::pair(everywhere, everywhere), std::pair(everywhere, second),
          std::pair(second, everywhere), std::pair(first, both), std::pair(both, second)}) {
      CAPTURE(pair.first);
      CAPTURE(pair.second);
      CHECK(config::shows_only(errors_of_two(pair.first, pair.second), "duplicate host \"a\""));
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

  TEST_CASE("hosts and default sites on several listeners") {
    struct Listening {
      std::string sites;
      std::string_view error;
    };
    const std::string routes = R"("routes": [{"files": {"root": "/"}}])";
    const auto site = [&routes](const std::string& members) {
      return "{" + members + (members.empty() ? "" : ", ") + routes + "}";
    };
    const std::string on_80 = R"("listen": [":80"])";
    const std::string on_81 = R"("listen": [":81"])";
    const std::string on_both = R"("listen": [":81", ":80"])";
    const std::string host = R"(, "hosts": ["a"])";
    const Listening cases[] = {
        {site(on_80) + ", " + site(on_81), ""},
        {site(on_80 + host) + ", " + site(on_81 + host), ""},
        {site(on_80 + host) + ", " + site(on_80), ""},
        {site(on_80) + ", " + site(on_80), "a second site without hosts"},
        {site("") + ", " + site(on_81), "a second site without hosts"},
        {site(on_81) + ", " + site(""), "a second site without hosts"},
        {site(on_80) + ", " + site(on_81) + ", " + site(on_both), "the first is at 3:61"},
        {site(on_80 + host) + ", " + site(on_both + host), "duplicate host \"a\""},
        {site(R"("hosts": ["a"])") + ", " + site(on_81 + host), "duplicate host \"a\""},
        {site(R"("listen": [])"), "leave it out for every address"},
        {site(R"("listen": ":80")"), "^~~~~ write [\":80\"]"},
        {site(R"("listen": [80])"), "^~ write \":80\""},
        {site(R"("listen": ["80"])"), "a port alone is written \":80\""},
        {site(R"("listen": [":80", ":80"])"), "duplicate address \":80\""},
        {site(R"("listen": [":82"])"), "those of the top \"listen\": \":80\", \":81\""},
        // Not a second message about who else is there.
        {site("") + ", " + site(R"("listen": [":82"])"), "\":82\" is not an address that"},
        {site("") + ", " + site(R"("lisen": [":81"])"), "did you mean \"listen\"?"},
        {site(on_80) + ", " + site(R"("listen": [":81", ":8O"])"), "\"8O\" is not a port"},
    };
    for (const Listening& test : cases) {
      const std::string text =
          "{\n\"listen\": [\":80\", \":81\"], \"sites\":\n[" + test.sites + "]}";
      config::check_errors(text, config::errors_of(text), test.error);
    }
  }

  TEST_CASE("a listener that is wrong itself is not missed in a site") {
    constexpr std::string_view kSite =
        R"("sites": [{"listen": [":81"], "routes": [{"files": {"root": "/"}}]}])";
    constexpr Wrong kCases[] = {
        {R"("listen": [":80", "81"])", "a port alone is written"},
        {R"("lisen": [":81"])", "did you mean \"listen\"?"},
        {R"("listen": ":81")", "write [\":81\"]"},
        {R"("listen": [])", "listen must not be empty"},
    };
    for (const Wrong& test : kCases) {
      const std::string text = "{" + std::string(test.text) + ", " + std::string(kSite) + "}";
      config::check_errors(text, config::errors_of(text), test.error);
    }
  }

  TEST_CASE("where a site is, by the index of its listeners") {
    const auto result = config::load_text(
        R"({"listen": [":80", "[::1]:80", "unix:s"], "sites": [
            {"listen": ["unix:/etc/ouro/s", "[0::1]:80"], "routes": [{"files": {"root": "/"}}]},
            {"listen": [":80"], "routes": [{"files": {"root": "/"}}]}]})",
        "ouro.jsonc", "/etc/ouro");
    REQUIRE(result);
    CHECK(result->config.sites[0].listen == std::vector<std::size_t>{2, 1});
    CHECK(result->config.sites[1].listen == std::vector<std::size_t>{0});
  }

  TEST_CASE("error pages") {
    constexpr Wrong kCases[] = {
        {R"({})", ""},
        {R"({"404": "404.html", "503": "/srv/503.html"})", ""},
        {R"([])", "^ such as {\"404\": \"404.html\"}"},
        {R"({"200": "ok.html"})", "from \"400\" to \"599\""},
        {R"({"600": "x.html"})", "\"600\" is not the status of an error"},
        {R"({"4xx": "x.html"})", "\"4xx\" is not the status of an error"},
        {R"({"404 ": "x.html"})", "\"404 \" is not the status of an error"},
        {R"({"0404": "x.html"})", "is not the status of an error"},
        {R"({"+404": "x.html"})", "is not the status of an error"},
        {R"({"404": null})", "must be a string, not null"},
        {R"({"404": ""})", "such as \"errors/404.html\""},
        {R"({"404": "errors/"})", "an error page must be a file"},
        {R"({"404": "a", "404": "b"})", "duplicate status \"404\""},
    };
    for (const Wrong& test : kCases) {
      const std::string sites = R"([{"error_pages": )" + std::string(test.text) +
                                R"(, "routes": [{"files": {"root": "/"}}]}])";
      check({sites, test.error});
    }
  }
}
