// Goal: a file becomes exactly the Config it describes; whatever is wrong with it is shown at once.
// Method: the sample with every key, a minimal file for the defaults, real configurations, one file
// with an error in every section as one whole text; real files for load_file.
#include "config/loader.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "tests/config/sample.h"
#include "tests/server/app/temporary_directory.h"

namespace {

const config::Files& files_of(const config::Route& route) {
  return std::get<config::Files>(route.action);
}

using std::chrono::milliseconds;
using Strings = std::vector<std::string>;

config::Config loaded(std::string_view text) { return config::loaded_text(text).config; }

using test::TemporaryDirectory;

}  // namespace

TEST_SUITE("config/loader") {
  TEST_CASE("every key is read") {
    const config::Config config = loaded(config::kSample);
    REQUIRE(config.listen.size() == 4);
    CHECK(config.listen[0].address.host.empty());
    CHECK(config.listen[0].address.port == 8080);
    CHECK(config.listen[0].address.text == ":8080");
    CHECK(config.listen[0].address.place.file == "ouro.jsonc");
    CHECK(config.listen[0].address.place.line == 5);
    CHECK(config.listen[0].address.place.column == 14);
    CHECK(config.listen[1].address.host == "127.0.0.1");
    CHECK(config.listen[1].address.port == 9000);
    CHECK(config.listen[1].address.place.column == 36);
    CHECK(config.listen[2].address.host == "::1");
    CHECK(config.listen[2].address.port == 0);
    CHECK(config.listen[2].tls == config::ListenTls::kOff);
    CHECK(config.listen[3].tls == config::ListenTls::kOn);
    CHECK(config.tls.min_version == config::TlsVersion::k13);
    REQUIRE(config.tls.ticket_keys.size() == 2);
    CHECK(config.tls.ticket_keys[0].path == "/etc/ouro/tickets/new");
    CHECK(config.loops == 4);
    CHECK(config.engine == config::Engine::kEpoll);
    CHECK(config.limits.header_timeout == milliseconds(5000));
    CHECK(config.limits.body_timeout == milliseconds(500));
    CHECK(config.limits.body_rate == 1024);
    CHECK(config.limits.send_timeout == milliseconds(120'000));
    CHECK(config.limits.keepalive_timeout == milliseconds(3'600'000));
    CHECK(config.limits.header_size == 32'768);
    CHECK(config.limits.header_fields == 50);
    CHECK(config.limits.body_size == 0);
    CHECK(config.limits.connections == 1000);
    CHECK(config.limits.connections_per_address == 20);
    CHECK(config.drain.timeout == milliseconds(8000));
    CHECK(config.log.access.kind == config::LogTarget::Kind::kFile);
    CHECK(config.log.access.path == "/etc/ouro/logs/access.log");
    REQUIRE(config.sites.size() == 3);
    CHECK(config.sites[0].hosts == Strings{"a.example", "*.a.example"});
    REQUIRE(config.sites[0].routes.size() == 4);
    CHECK(config.sites[0].routes[0].path == Strings{"/docs/**", "/*.html"});
    CHECK(files_of(config.sites[0].routes[0]).root == "/etc/ouro/docs");
    CHECK(files_of(config.sites[0].routes[0]).index.empty());
    CHECK(config.sites[0].routes[1].path == Strings{"/"});
    CHECK(files_of(config.sites[0].routes[1]).root == "/srv/a");
    CHECK(files_of(config.sites[0].routes[1]).index == Strings{"index.html", "index.htm"});
    CHECK(config.sites[0].routes[0].methods.empty());
    CHECK(config.sites[0].routes[1].methods == Strings{"GET", "HEAD"});
    const auto& redirect = std::get<config::Redirect>(config.sites[0].routes[2].action);
    CHECK(redirect.to == "https://{host}/new{rest}");
    CHECK(redirect.status == 301);
    const auto& respond = std::get<config::Respond>(config.sites[0].routes[3].action);
    CHECK(respond.status == 410);
    CHECK(respond.body == "${gone}\n");
    CHECK(respond.type == "text/html");
    const config::Filters& site = config.sites[0].filters;
    REQUIRE(site.headers.size() == 2);
    CHECK(site.headers[1].name == "X-Frame-Options");
    CHECK(site.headers[1].value == "DENY");
    CHECK(site.cache_control == "no-cache");
    CHECK(site.body_size == 2'097'152);
    CHECK_FALSE(site.access_log);
    REQUIRE(site.basic_auth);
    CHECK(site.basic_auth->realm == "Docs");
    CHECK(site.basic_auth->users_file.path == "/etc/ouro/users");
    CHECK_FALSE(config.sites[0].routes[2].filters.basic_auth);
    const config::Filters& route = config.sites[0].routes[1].filters;
    REQUIRE(route.headers.size() == 3);
    CHECK(route.headers[1].value == std::nullopt);
    CHECK(route.headers[2].value == "b");
    CHECK(route.cache_control == std::nullopt);
    CHECK(route.body_size == 0);
    CHECK(route.access_log);
    CHECK(config.sites[1].hosts.empty());
    CHECK(config.sites[1].place.line == 44);
    CHECK(config.sites[1].routes[0].place.column == 9);
    const config::Files& app = files_of(config.sites[1].routes[0]);
    CHECK(app.root == "/etc/ouro/app");
    CHECK(app.strip_prefix == "/app");
    CHECK(app.fallback == "/index.html");
    CHECK(app.extensions == Strings{"html"});
    CHECK(app.types == std::map<std::string, std::string>{{"geojson", "application/geo+json"}});
    CHECK(app.dotfiles);
    CHECK(app.symlinks == config::Symlinks::kFollow);
    CHECK(app.listing);
    CHECK(app.precompressed == std::vector{config::Coding::kGzip, config::Coding::kBrotli});
    CHECK(files_of(config.sites[1].routes[1]).root == "/etc/ouro/../www");
    CHECK(files_of(config.sites[1].routes[1]).place.line == 49);
    CHECK(files_of(config.sites[1].routes[1]).place.column == 30);
    CHECK(config.sites[1].listen == std::vector<std::size_t>{0, 1, 2});
    CHECK_FALSE(config.sites[1].tls);
    CHECK(config.sites[2].listen == std::vector<std::size_t>{3});
    REQUIRE(config.sites[2].tls);
    CHECK(config.sites[2].tls->certificates.size() == 2);
  }

  TEST_CASE("defaults") {
    const config::Config config =
        loaded(R"({"listen": [":80"], "sites": [{"routes": [{"files": {"root": "/srv"}}]}]})");
    CHECK(config.loops == 0);
    CHECK(config.engine == config::Engine::kAuto);
    CHECK(config.limits.header_timeout == milliseconds(10'000));
    CHECK(config.limits.body_timeout == milliseconds(20'000));
    CHECK(config.limits.body_rate == 240);
    CHECK(config.limits.send_timeout == milliseconds(60'000));
    CHECK(config.limits.keepalive_timeout == milliseconds(75'000));
    CHECK(config.limits.header_size == 16'384);
    CHECK(config.limits.header_fields == 100);
    CHECK(config.limits.body_size == 1'048'576);
    CHECK(config.limits.connections == 0);
    CHECK(config.limits.connections_per_address == 0);
    CHECK(config.drain.timeout == milliseconds(25'000));
    CHECK(config.log.access.kind == config::LogTarget::Kind::kStdout);
    CHECK(config.sites[0].hosts.empty());
    const config::Filters& filters = config.sites[0].routes[0].filters;
    REQUIRE(filters.headers.size() == 1);
    CHECK(filters.headers[0].name == "X-Content-Type-Options");
    CHECK(filters.headers[0].value == "nosniff");
    CHECK(filters.cache_control == std::nullopt);
    CHECK(filters.body_size == std::nullopt);
    CHECK(filters.access_log);
    CHECK(config.sites[0].routes[0].path == Strings{"/**"});
    const config::Files& files = files_of(config.sites[0].routes[0]);
    CHECK(files.index == Strings{"index.html"});
    CHECK(files.strip_prefix.empty());
    CHECK(files.fallback.empty());
    CHECK(files.extensions.empty());
    CHECK(files.types.empty());
    CHECK_FALSE(files.dotfiles);
    CHECK(files.symlinks == config::Symlinks::kInside);
  }

  TEST_CASE("words") {
    const auto with = [](const std::string& members) {
      return loaded(
          "{" + members +
          R"(, "listen": [":80"], "sites": [{"routes": [{"files": {"root": "/srv"}}]}]})");
    };
    using Kind = config::LogTarget::Kind;
    CHECK(with(R"("loops": "auto")").loops == 0);
    CHECK(with(R"("engine": "io_uring")").engine == config::Engine::kIoUring);
    CHECK(with(R"("log": {"access": "stderr"})").log.access.kind == Kind::kStderr);
    CHECK(with(R"("log": {"access": null})").log.access.kind == Kind::kNone);
    CHECK(with(R"("log": {"access": "/a/b"})").log.access.path == "/a/b");
  }

  // The image's default of config.md, less the keys that do not exist yet.
  TEST_CASE("the image's default") {
    const config::Config config = loaded(R"({ "listen": [":8080"], "drain": { "timeout": "8s" },
      "sites": [ { "routes": [ { "files": { "root": "/srv" } } ] } ] })");
    CHECK(config.drain.timeout == milliseconds(8000));
    CHECK(files_of(config.sites[0].routes[0]).root == "/srv");
  }

  TEST_CASE("comments and trailing commas everywhere") {
    const config::Config config = loaded(R"(/**/ // c
/*a*/{/*b*/"listen"/*c*/:/*d*/[/*e*/":80"/*f*/,/*g*/]/*h*/,/*i*/"sites":[{"routes":[
// "engine": "nonsense",
{"files":{"root":"/srv//*x*/" , // not a comment inside
},},],},],}/*j*/ // k)");
    CHECK(files_of(config.sites[0].routes[0]).root == "/srv//*x*/");
  }

  TEST_CASE("CRLF line ends") {
    const config::Config config = loaded(
        "{\r\n\"listen\": [\r\n\":80\",\r\n],\r\n\"sites\": [{\"routes\": [{\"files\": "
        "{\"root\": \"/srv\"}}]}]\r\n}\r\n");
    CHECK(config.listen[0].address.place.line == 3);
  }

  TEST_CASE("all errors at once, each with its own place, none that follows from another") {
    CHECK(config::errors_of(R"({
    "lisen": [":8080"],
    "version": 2,
    "limits": { "header_timeout": 30, "header_size": "16KB" },
    "limits": { "nonsense": 1 },
    "log": { "access": "stdot" },
    "sites": [
        { "hosts": ["a.example:80"], "routes": [
            { "path": "/a/../b", "files": { "root": "${env:OURO_TEST_UNSET}" } },
            { "file": { "root": "/srv" } },
            {} ] } ] })") == R"(ouro.jsonc:2:5: error: unknown key "lisen"
   2 |     "lisen": [":8080"],
     |     ^~~~~~~ did you mean "listen"?
ouro.jsonc:3:16: error: version 2 is not known
   3 |     "version": 2,
     |                ^ this ouro reads version 1
ouro.jsonc:4:35: error: header_timeout must be a duration, not a number
   4 |     "limits": { "header_timeout": 30, "header_size": "16KB" },
     |                                   ^~ a string with a unit, such as "30s"
ouro.jsonc:4:54: error: "16KB" is not a size
   4 |     "limits": { "header_timeout": 30, "header_size": "16KB" },
     |                                                      ^~~~~~ did you mean "16KiB"?
ouro.jsonc:5:5: error: duplicate key "limits"
   5 |     "limits": { "nonsense": 1 },
     |     ^~~~~~~~ the first is at 4:5
ouro.jsonc:6:24: error: "stdot" is not a valid value for access
   6 |     "log": { "access": "stdot" },
     |                        ^~~~~~~ did you mean "stdout"?
ouro.jsonc:8:21: error: "a.example:80" is not a host name
   8 |         { "hosts": ["a.example:80"], "routes": [
     |                     ^~~~~~~~~~~~~~ a name alone, without port
ouro.jsonc:9:23: error: "/a/../b" has a ".." segment
   9 |             { "path": "/a/../b", "files": { "root": "${env:OURO_TEST_UNSET}" } },
     |                       ^~~~~~~~~ patterns match the normalised path, which has none
ouro.jsonc:9:53: error: environment variable OURO_TEST_UNSET is not set
   9 |             { "path": "/a/../b", "files": { "root": "${env:OURO_TEST_UNSET}" } },
     |                                                     ^~~~~~~~~~~~~~~~~~~~~~~~)"
                             R"( set it, or write a default: "${env:OURO_TEST_UNSET:-default}"
ouro.jsonc:10:15: error: unknown key "file"
  10 |             { "file": { "root": "/srv" } },
     |               ^~~~~~ did you mean "files"?
ouro.jsonc:11:13: error: a route without an action
  11 |             {} ] } ] })"
                             R"(
     |             ^ exactly one of "files", "redirect", "respond", "health"
)");
  }

  TEST_CASE("missing keys are reported at the object") {
    CHECK(config::errors_of("{}") ==
          "ouro.jsonc:1:1: error: \"listen\" is missing in the configuration\n"
          "   1 | {}\n"
          "     | ^ where the server is reached\n"
          "ouro.jsonc:1:1: error: \"sites\" is missing in the configuration\n"
          "   1 | {}\n"
          "     | ^ what is served; \"include\" adds to them\n");
  }

  TEST_CASE("a file that is no object") {
    CHECK(config::errors_of("[]") ==
          "ouro.jsonc:1:1: error: the configuration must be an object, not a list\n"
          "   1 | []\n"
          "     | ^ such as { \"listen\": ... }\n");
  }

  TEST_CASE("a flood of errors ends, and is quick even in one line") {
    std::string text = "{";
    while (text.size() < config::kDocumentBytesMax - 100) text += "\"x\":1,";
    text += "}";
    const auto result = config::load_text(text, "f", "/");
    REQUIRE_FALSE(result);
    CHECK(result.error().size() == 101);
  }

  TEST_CASE("a file on disk: relative paths start at its directory") {
    const TemporaryDirectory directory;
    const std::string file = directory.write("ouro.jsonc", config::kSample);
    const auto result = config::load_file(file);
    REQUIRE(result);
    CHECK(files_of(result->config.sites[0].routes[0]).root == directory.path() + "/docs");
    CHECK(result->config.listen[0].address.place.file == file);
  }

  TEST_CASE("a relative name: paths are absolute all the same") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("ouro.jsonc", config::kSample));
    const auto relative = std::filesystem::relative(directory.path()) / "ouro.jsonc";
    const auto result = config::load_file(relative.string());
    REQUIRE(result);
    CHECK(files_of(result->config.sites[0].routes[0]).root.starts_with('/'));
  }

  TEST_CASE("an error does not tell what a file of a secret holds") {
    const TemporaryDirectory directory;
    static_cast<void>(directory.write("token", "s3cret "));  // the blank is the mistake
    const std::string file = directory.write(
        "ouro.jsonc",
        R"({ "listen": [":80"], "sites": [{ "headers": { "X-Token": "${file:token}" },
             "routes": [{ "respond": {} }] }] })");
    const auto result = config::load_file(file);
    REQUIRE_FALSE(result);
    const std::string errors = config::render(result.error());
    CHECK(errors.find("X-Token must not begin or end with a blank") != std::string::npos);
    CHECK(errors.find("s3cret") == std::string::npos);
  }

  TEST_CASE("files that cannot be read or are too large") {
    const TemporaryDirectory directory;
    const std::string missing = directory.path() + "/none.jsonc";
    const auto none = config::load_file(missing);
    REQUIRE_FALSE(none);
    CHECK(config::render(none.error()) ==
          missing + ": error: cannot open the file: No such file or directory\n");
    const auto folder = config::load_file(directory.path());
    REQUIRE_FALSE(folder);
    CHECK(config::render(folder.error()) ==
          directory.path() + ": error: cannot read the file: Is a directory\n");
    const std::string large =
        directory.write("large", std::string(config::kDocumentBytesMax + 1, ' '));
    const auto too_large = config::load_file(large);
    REQUIRE_FALSE(too_large);
    CHECK(too_large.error().front().message == "the file has more than 1048576 bytes");
  }
}
