// Goal: an explanation names what decides about a request: listener, site, routes, filters, files,
// answer; and what it says is what the server does.
// Method: a table of questions about one configuration with real files; the lines that must be
// there, in their order. The binary once.
#include "server/app/explanation.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/loader.h"
#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

const std::string kOuro = OURO_BINARY;

constexpr std::string_view kConfig = R"({
  "listen": [":8080", "127.0.0.1:8081", "unix:socket",
             { "address": "127.0.0.1:8443", "tls": "self-signed" }],
  "sites": [
    { "hosts": ["app.test", "*.app.test"], "headers": { "X-Frame-Options": "DENY" },
      "routes": [
        { "path": "/api/**", "methods": ["POST"], "respond": { "status": 202 } },
        { "path": "/shared/**", "methods": ["GET"], "cors": { "origins": ["https://a.test"] },
          "respond": {} },
        { "path": "/vault/**", "auth": { "basic": { "users_file": "users", "realm": "Vault" } },
          "cors": { "origins": ["*"] }, "files": { "root": "." } },
        { "path": "/old/**", "access_log": false, "redirect": { "to": "/new{rest}" } },
        { "cache_control": "no-cache",
          "files": { "root": ".", "fallback": "/index.html", "precompressed": ["gzip"] } } ] },
    { "hosts": ["inner.test"], "listen": ["127.0.0.1:8081"],
      "routes": [ { "path": "/live", "health": "live" } ] } ] })";

struct Case {
  server::Question question;
  std::vector<std::string> lines;  // parts of lines, in their order
};

class Site {
 public:
  Site() {
    directory_.write("index.html", "the application");
    directory_.write("a.txt", "as it is");
    directory_.write("users", "");
    directory_.write("a.txt.gz", "coded");
    config_ = directory_.write("ouro.jsonc", kConfig);
  }
  [[nodiscard]] const std::string& config() const { return config_; }
  [[nodiscard]] std::string root() const { return directory_.path(); }

  [[nodiscard]] core::Result<std::string> explain(const server::Question& question) const {
    auto loaded = config::load_file(config_);
    REQUIRE(loaded);
    return server::explain(std::move(loaded->config), question);
  }

 private:
  test::TemporaryDirectory directory_;
  std::string config_;
};

void check(const Site& site, const Case& test) {
  CAPTURE(test.question.url);
  const auto text = site.explain(test.question);
  REQUIRE(text);
  CAPTURE(*text);
  std::size_t at = 0;
  for (const std::string& line : test.lines) {
    CAPTURE(line);
    at = text->find(line, at);
    REQUIRE(at != std::string::npos);
    at += line.size();
  }
}

}  // namespace

TEST_CASE("what decides about a request") {
  const Site site;
  const std::string root = site.root();
  const std::string& file = site.config();
  const std::vector<Case> cases = {
      {{"GET", "http://app.test:8080/blog", {}},
       {"GET http://app.test:8080/blog",
        "listener",
        ":8080",
        file + ":2:14",
        "site",
        "app.test",
        "by its name",
        file + ":5:5",
        "route",
        "/api/**: no",
        "/old/**: no",
        "/**: answers",
        file + ":13:9",
        "filters",
        "X-Frame-Options: DENY",
        "cache_control no-cache",
        "action",
        "files " + root,
        "file",
        "/blog is not there",
        "/index.html is " + root + "/index.html",
        "answer",
        "HTTP/1.1 200 OK",
        "Cache-Control: no-cache",
        "body",
        "15 bytes"}},
      {{"GET", "http://x.app.test:8080/a.txt", {"Accept-Encoding: gzip"}},
       {"by a \"*.\" name", "/a.txt is " + root + "/a.txt",
        "/a.txt in gzip is " + root + "/a.txt.gz", "200 OK", "Content-Encoding: gzip", "5 bytes"}},
      {{"GET", "http://app.test:8080/api/x", {}},
       {"POST /api/**: no: it is for other methods", "/**: answers"}},
      {{"POST", "http://app.test:8080/api/x", {}}, {"POST /api/**: answers", "HTTP/1.1 202"}},
      {{"GET", "http://app.test:8080/old/a?b", {}},
       {"access_log off", "redirect 308 /new{rest}", "HTTP/1.1 308", "Location: /new/a?b"}},
      {{"GET", "http://app.test:8080/vault/a.txt", {}},
       {"/vault/**: answers", "cors for *", "passwords of " + root + "/users (realm \"Vault\")",
        "headers set X-Content-Type-Options", "HTTP/1.1 401", "WWW-Authenticate: Basic realm="}},
      {{"OPTIONS",
        "http://app.test:8080/shared/x",
        {"Origin: https://a.test", "Access-Control-Request-Method: GET"}},
       {"GET /shared/**: answers", "cors for https://a.test", "cors answers", "HTTP/1.1 204",
        "Access-Control-Allow-Origin: https://a.test"}},
      {{"GET", "http://inner.test:8081/live", {}},
       {"127.0.0.1:8081", "inner.test", "/live: answers", "health live", "HTTP/1.1 200"}},
      {{"GET", "http://inner.test/live", {}},
       {"127.0.0.1:8081, the first that has this host", "HTTP/1.1 200"}},
      {{"GET", "http://inner.test:8081/dead", {}}, {"/live: no", "none is left", "HTTP/1.1 404"}},
      {{"GET", "http://inner.test:8080/live", {}},
       {"site", "none has this host", "421", "HTTP/1.1 421"}},
      {{"GET", "http://app.test:8080/", {"Content-Length: x"}},
       {"refused as it stands", "HTTP/1.1 400"}},
      {{"GET", "https://app.test:8443/a.txt", {}},
       {"127.0.0.1:8443 with TLS", "app.test", "by its name", "200 OK", "8 bytes"}},
      {{"GET", "https://app.test/", {}}, {"127.0.0.1:8443 with TLS, the first that has this host"}},
      {{"GET", "https://app.test:8443/old/a", {}}, {"HTTP/1.1 308", "Location: /new/a"}},
      {{"GET", "/a.txt", {"Host: app.test"}}, {"app.test", "by its name", "200 OK", "8 bytes"}},
  };
  for (const Case& test : cases) check(site, test);
}

TEST_CASE("questions that make no sense") {
  const Site site;
  const std::vector<Case> cases = {
      {{"GET", "app.test/x", {}}, {"begins with http://"}},
      {{"GET", "ftp://app.test/", {}}, {"begins with http:// or https://"}},
      {{"GET", "https://app.test:8080/", {}}, {"port 8080 speaks no TLS: ask for http://"}},
      {{"GET", "http://app.test:8443/", {}}, {"port 8443 speaks TLS: ask for https://"}},
      {{"GET", "https:///x", {}}, {"no host"}},
      {{"GET", "http:///x", {}}, {"no host"}},
      {{"GET", "http://app.test/a b", {}}, {"%20"}},
      {{"GET", "http://app.test:9/", {}}, {"port 9", ":8080, 127.0.0.1:8081, unix:"}},
      {{"GET", "http://app.test/", {"Accept"}}, {"\"Accept\"", "Name: value"}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.question.url);
    const auto text = site.explain(test.question);
    REQUIRE(!text);
    for (const std::string& part : test.lines) {
      CHECK(text.error().message.find(part) != std::string::npos);
    }
  }
}

TEST_CASE("the command") {
  const Site site;
  test::Process ouro({kOuro, "explain", "-c", site.config(), "-X", "POST", "-H", "Host: app.test",
                      "http://any:8080/api/1"});
  CHECK(ouro.wait() == server::kExitDone);
  CHECK(ouro.output().find("HTTP/1.1 202") != std::string::npos);
  test::Process wrong({kOuro, "explain", "-c", site.config(), "app.test"});
  CHECK(wrong.wait() == server::kExitFailed);
  CHECK(wrong.error_output().find("begins with http://") != std::string::npos);
}
