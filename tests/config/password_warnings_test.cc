// Goal: passwords that others would read are warned of, once, and those that nobody would are not.
// Method: tables of listeners, and of places for a users' file in a real folder; the warnings of
// the whole file.
#include "config/password_warnings.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/loader.h"
#include "tests/config/sample.h"
#include "tests/server/app/temporary_directory.h"

namespace {

// With a users' file that is there and not served.
std::string warnings_of(const std::string& listen, const std::string& sites) {
  const test::TemporaryDirectory directory;
  static_cast<void>(directory.write("users", ""));
  static_cast<void>(directory.write("a.pem", ""));
  return config::render(
      config::loaded_text("{ \"listen\": [" + listen + "],\n\"sites\": [" + sites + "] }",
                          directory.path())
          .warnings);
}

bool warns(const std::string& warnings, std::string_view part) {
  constexpr std::string_view kHeading = ": warning: ";
  if (part.empty() || warnings.empty()) return part.empty() && warnings.empty();
  return warnings.find(part) != std::string::npos &&
         warnings.find(kHeading) == warnings.rfind(kHeading);
}

const std::string kAuth = R"("auth": { "basic": { "users_file": "users" } })";
const std::string kSite = "{ " + kAuth + R"(, "routes": [{ "respond": {} }] })";

}  // namespace

TEST_SUITE("config/password_warnings") {
  TEST_CASE("on the way, as it is shown") {
    CHECK(
        warnings_of(R"(":80")", kSite) ==
        "ouro.jsonc:2:23: warning: passwords in the clear on \":80\"\n"
        "   2 | \"sites\": [{ \"auth\": { \"basic\": { \"users_file\": \"users\" } }, \"routes\": "
        "[{ \"respond\": {} }] }] }\n"
        "     |                       ^~~~~~~ whoever is on the way reads them: give it "
        "\"tls\": true, or name the proxy in front of it in \"trusted_proxies\"\n");
  }

  TEST_CASE("on the way, by the listener") {
    struct Case {
      std::string listen;
      std::string_view part;
    };
    const Case cases[] = {
        {R"("127.0.0.1:80")", ""},
        {R"("127.1.2.3:80", "[::1]:80", "unix:/run/s")", ""},
        {R"("[::1]:80", "192.0.2.1:80", ":81")", "in the clear on \"192.0.2.1:80\""},
        {R"("[2001:db8::1]:80")", "in the clear on \"[2001:db8::1]:80\""},
        {R"("0.0.0.0:80")", "in the clear on \"0.0.0.0:80\""},
        {R"({ "address": ":443", "tls": "self-signed" })", ""},
        {R"({ "address": ":80", "proxy_protocol": ["10.0.0.0/8"] })", ""},
        {R"({ "address": ":80", "trusted_proxies": ["10.0.0.1"] })", ""},
        {R"({ "address": ":80", "trusted_proxies": ["10.0.0.1"] }, ":81")", "on \":81\""},
    };
    for (const Case& test : cases) {
      CAPTURE(test.listen);
      const std::string warnings = warnings_of(test.listen, kSite);
      CAPTURE(warnings);
      CHECK(warns(warnings, test.part));
    }
  }

  TEST_CASE("on the way, by the site") {
    const std::string listen = R"(":80", { "address": ":443", "tls": true }, "[::1]:81")";
    const std::string tls = R"("tls": { "certificate": "a.pem", "key": "a.pem" })";
    const std::string plain = R"({ "routes": [{ "respond": {} }] })";
    const std::string secure =
        "{ \"hosts\": [\"a\"], " + tls + ", " + kAuth + R"(, "routes": [{ "respond": {} }] })";
    CHECK(warnings_of(listen, plain + ", " + secure) == "");
    const auto of_site = [&](const std::string& members) {
      return warnings_of(listen, "{ " + members + " }, " + secure);
    };
    CHECK(warns(of_site(kAuth + R"(, "routes": [{ "respond": {} }])"), "in the clear"));
    CHECK(warns(of_site("\"routes\": [{ \"respond\": {}, " + kAuth + " }]"), "in the clear"));
    // Once, for however many routes.
    CHECK(warns(of_site(kAuth + R"(, "routes": [{ "path": "/a", "respond": {} },
                                                { "respond": {}, )" +
                        kAuth + "}]"),
                "2:"));
    CHECK(warns(of_site(kAuth + R"(, "listen": ["[::1]:81"], "routes": [{ "respond": {} }])"),
                "no site is on \":80\""));
    // Where nobody is asked.
    CHECK(of_site(kAuth + R"(, "routes": [{ "respond": {}, "auth": null }])") == "");
    CHECK(of_site(kAuth + R"(, "routes": [{ "health": "live" }])") == "");
  }

  TEST_CASE("in a file that is served") {
    const test::TemporaryDirectory directory;
    for (const char* name : {"www/users", "www/.users", "www/.git/users", "www/.well-known/users",
                             "www/sub/users", "www2/users", "users"}) {
      static_cast<void>(directory.write(name, ""));
    }
    std::filesystem::create_symlink("www", directory.path() + "/link");
    std::filesystem::create_symlink("www/users", directory.path() + "/out");
    const auto of_file = [&directory](const std::string& file, const std::string& files) {
      return config::render(config::loaded_text(R"({ "listen": ["127.0.0.1:80"], "sites": [
                 { "hosts": ["a"], "routes": [{ "files": { )" +
                                                    files + R"( } }] },
                 { "auth": { "basic": { "users_file": ")" +
                                                    file + R"(" } },
                   "routes": [{ "path": "/a", "respond": {} }, { "respond": {} }] }] })",
                                                directory.path())
                                .warnings);
    };
    struct Case {
      std::string file;
      std::string files;
      bool warns;
    };
    const std::string www = R"("root": "www")";
    const Case cases[] = {
        {"www/users", www, true},
        {"www/sub/users", www, true},
        {"www/../www/users", www, true},
        {"link/users", www, true},
        {"out", www, true},
        {"www/users", R"("root": "link")", true},
        {"www/users", R"("root": ".")", true},
        {"www/.well-known/users", www, true},
        {"users", www, false},
        {"www2/users", www, false},
        {"www/.users", www, false},
        {"www/.git/users", www, false},
        {"www/.users", www + R"(, "dotfiles": true)", true},
        {"www/.git/users", www + R"(, "dotfiles": true)", true},
        // The folder that is hidden is the root itself.
        {"www/.git/users", R"("root": "www/.git")", true},
    };
    for (const Case& test : cases) {
      CAPTURE(test.file);
      CAPTURE(test.files);
      const std::string warnings = of_file(test.file, test.files);
      CAPTURE(warnings);
      const std::string part = "ouro.jsonc:3:55: warning: \"" + directory.path() + "/" + test.file +
                               "\" is below a root";
      CHECK(warns(warnings, test.warns ? part : ""));
    }
  }

  TEST_CASE("a file that is not there yet, in a folder that is served") {
    const test::TemporaryDirectory directory;
    const auto warnings = config::loaded_text(R"({ "listen": ["[::1]:80"], "sites": [{
        "auth": { "basic": { "users_file": "new" } },
        "routes": [{ "files": { "root": "." } }] }] })",
                                              directory.path())
                              .warnings;
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[0].message.ends_with("does not exist"));
    CHECK(warnings[1].message.ends_with("is below a root"));
  }
}
