// Goal: "auth" is read as written and inherited as a filter is, but health routes ask only when
// they say so; each slip gets one message with the remedy. Method: tables of "auth" in a route and
// in a site of a right file.
#include "config/auth_reader.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "config/loader.h"
#include "tests/config/sample.h"

using config::Wrong;

namespace {

config::Site loaded_site(const std::string& site, const std::string& route) {
  const std::string text =
      R"({"listen": [":80"], "sites": [{)" + site + R"("routes": [{)" + route + "}]}]}";
  return config::loaded_text(text).config.sites[0];
}

// "users realm" of a route, "-" without.
std::string auth_of(const std::string& site, const std::string& route) {
  const auto auth = loaded_site(site, route).routes[0].filters.basic_auth;
  return auth ? auth->users_file.path + " " + auth->realm : "-";
}

}  // namespace

TEST_SUITE("config/auth_reader") {
  TEST_CASE("every key, with the place of the file") {
    const config::Site site = loaded_site(
        "\n"
        R"("auth": {"basic": {"realm": "\u00fc \"x\"", "users_file": "./users"}}, )",
        R"("respond": {})");
    REQUIRE(site.filters.basic_auth);
    const config::BasicAuth& auth = *site.filters.basic_auth;
    CHECK(auth.realm == "\xC3\xBC \"x\"");
    CHECK(auth.users_file.path == "/etc/ouro/users");
    CHECK(auth.users_file.place.file == "ouro.jsonc");
    CHECK(auth.users_file.place.line == 2);
    CHECK(auth.users_file.place.column == 59);
    CHECK(auth.place.line == 2);
    CHECK(auth.place.column == 10);
    CHECK(site.routes[0].filters.basic_auth == auth);
  }

  TEST_CASE("a route has what its site has, replaces the whole of it, or removes it") {
    const std::string site = R"("auth": {"basic": {"users_file": "a", "realm": "A"}}, )";
    const std::string files = R"("files": {"root": "."})";
    CHECK(auth_of("", files) == "-");
    CHECK(auth_of(site, files) == "/etc/ouro/a A");
    CHECK(auth_of(site, R"("redirect": {"to": "/"})") == "/etc/ouro/a A");
    CHECK(auth_of(site, files + R"(, "auth": {"basic": {"users_file": "/b"}})") == "/b Restricted");
    CHECK(auth_of(site, files + R"(, "auth": null)") == "-");
    CHECK(auth_of(site, files + R"(, "auth": {"basic": null})") == "-");
    CHECK(auth_of("", files + R"(, "auth": {"basic": {"users_file": "/b"}})") == "/b Restricted");
  }

  TEST_CASE("a health route asks only when it says so itself") {
    const std::string site = R"("auth": {"basic": {"users_file": "a"}}, )";
    CHECK(auth_of(site, R"("health": "live")") == "-");
    CHECK(auth_of(site, R"("health": "live", "auth": {"basic": {"users_file": "/b"}})") ==
          "/b Restricted");
  }

  TEST_CASE("slips") {
    const std::string long_realm =
        R"({"basic": {"users_file": "a", "realm": ")" + std::string(config::kRealmBytesMax, 'x');
    const std::string longest = long_realm + "\"}}";
    const std::string too_long = long_realm + "x\"}}";
    const Wrong cases[] = {
        {R"(null)", ""},
        {R"({"basic": null})", ""},
        {R"({"basic": {"users_file": "a"}})", ""},
        {longest, ""},
        {too_long, "realm has more than 200 bytes"},
        {R"({})", "\"basic\" is missing in auth"},
        {R"(true)", "auth must be an object or null, not a boolean"},
        {R"("users")", "^~~~~~~ such as { \"basic\": { \"users_file\": \"users.htpasswd\" } }"},
        {R"({"basic": "users"})", "^~~~~~~ write { \"users_file\": \"users\" }"},
        {R"({"basic": {}})", "\"users_file\" is missing in basic"},
        {R"({"basic": {"realm": "A"}})", "\"users_file\" is missing in basic"},
        {R"({"baisc": {"users_file": "a"}})", "did you mean \"basic\"?"},
        {R"({"basic": {"user_file": "a"}})", "did you mean \"users_file\"?"},
        {R"({"users_file": "a"})", "it belongs inside \"basic\""},
        {R"({"basic": {"users_file": ""}})", "users_file must be a file"},
        {R"({"basic": {"users_file": "a/"}})", "users_file must be a file"},
        {R"({"basic": {"users_file": ["a"]}})", "users_file must be a string, not a list"},
        {R"({"basic": {"users_file": {"anna": "secret"}}})", "the path of a file, such as"},
        {R"({"basic": {"users_file": "anna:$2b$10$x"}})",
         "users_file is the path of a file, not what stands in it"},
        {R"({"basic": {"users_file": "anna:{SHA}x"}})",
         "users_file is the path of a file, not what stands in it"},
        {R"({"basic": {"users_file": "a", "realm": ""}})", "^~ leave it out for \"Restricted\""},
        {R"({"basic": {"users_file": "a", "realm": null}})", "realm must be a string, not null"},
        {R"({"basic": {"users_file": "a", "realm": "x\ny"}})",
         "realm must not have control characters"},
        {R"({"basic": {"users_file": "a", "realm": "${env:OURO_TEST_REALM}"}})",
         "realm is not UTF-8"},
    };
    setenv("OURO_TEST_REALM", "\xFF", 1);  // NOLINT(concurrency-mt-unsafe)
    for (const Wrong& test : cases) {
      config::check_in_route_and_site("\"auth\": " + std::string(test.text), test.error);
    }
  }
}
