// Goal: a configuration with several sites does what it says, from file to answer: routes in their
// order, redirects, fixed answers, fields, limits, and who the client is behind a balancer.
// Method: the real binary with one configuration; a table of requests over real sockets, and its
// access log.

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/exit_code.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::Process;

const std::string kOuro = OURO_BINARY;

constexpr std::string_view kConfig = R"({
  "listen": [{ "address": "127.0.0.1:0", "trusted_proxies": ["127.0.0.0/8"] }],
  "sites": [
    { "hosts": ["app.test"], "headers": { "X-Frame-Options": "DENY" },
      "routes": [
        { "path": "/api/**", "respond": { "status": 404 } },
        { "path": "/ping", "methods": ["GET"], "access_log": false,
          "headers": { "X-Frame-Options": null, "X-Pong": "yes" }, "respond": { "body": "pong" } },
        { "path": "/small", "methods": ["POST"], "body_size": 3, "respond": { "body": "taken" } },
        { "path": "/old/**", "redirect": { "to": "/new{rest}", "status": 301 } },
        { "cache_control": "no-cache",
          "files": { "root": "app", "fallback": "/index.html", "extensions": ["html"] } } ] },
    { "hosts": ["files.test"],
      "routes": [ { "path": "/d/**", "files": { "root": "app", "strip_prefix": "/d",
        "precompressed": ["gzip"] } } ] } ] })";

struct Case {
  std::string request;  // its first line and fields, without the line ends behind it
  std::string content;
  int status;
  std::string field;  // "name: value" that must be there; with '!' in front: a name that must not
  std::string body;   // empty: not looked at
};

bool has_field(const test::Answer& answer, const std::string& field) {
  if (field.empty()) return true;
  if (field.front() == '!') return !answer.fields.contains(field.substr(1));
  const std::size_t colon = field.find(": ");
  const auto found = answer.fields.find(field.substr(0, colon));
  return found != answer.fields.end() && found->second == field.substr(colon + 2);
}

}  // namespace

TEST_CASE("sites, routes and filters, from the file to the answer") {
  const test::TemporaryDirectory site;
  site.write("app/index.html", "the application");
  site.write("app/about.html", "about");
  site.write("app/page.txt", "as it is");
  site.write("app/page.txt.gz", "coded");
  const std::string config = site.write("ouro.jsonc", kConfig);
  const std::string app = "\r\nHost: app.test";
  const std::string files = "\r\nHost: files.test";
  const std::vector<Case> cases = {
      {"GET /api/x HTTP/1.1" + app, "", 404, "x-frame-options: DENY", ""},
      {"GET /ping HTTP/1.1" + app, "", 200, "x-pong: yes", "pong"},
      {"GET /ping HTTP/1.1" + app, "", 200, "!x-frame-options", "pong"},
      {"POST /small HTTP/1.1" + app + "\r\nContent-Length: 3", "abc", 200, "", "taken"},
      {"POST /small HTTP/1.1" + app + "\r\nContent-Length: 4", "abcd", 413, "", ""},
      {"GET /old/a?x=1 HTTP/1.1" + app, "", 301, "location: /new/a?x=1", ""},
      {"GET /about HTTP/1.1" + app, "", 200, "cache-control: no-cache", "about"},
      {"GET /some/where HTTP/1.1" + app, "", 200, "x-content-type-options: nosniff",
       "the application"},
      {"GET /.git/config HTTP/1.1" + app, "", 404, "!cache-control", ""},
      {"GET /d/page.txt HTTP/1.1" + files, "", 200, "vary: Accept-Encoding", "as it is"},
      {"GET /d/page.txt HTTP/1.1" + files + "\r\nAccept-Encoding: gzip", "", 200,
       "content-encoding: gzip", "coded"},
      {"GET /page.txt HTTP/1.1" + files, "", 404, "", ""},
      {"GET / HTTP/1.1\r\nHost: other.test", "", 421, "", ""},
  };
  Process ouro({kOuro, "run", "-c", config});
  REQUIRE(ouro.says("files.test"));
  for (const Case& c : cases) {
    CAPTURE(c.request);
    test::TestClient client(ouro.port());
    REQUIRE(client.send(c.request + "\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n" + c.content));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == c.status);
    CAPTURE(answer->head);
    CHECK(has_field(*answer, c.field));
    if (!c.body.empty()) CHECK(answer->body == c.body);
  }
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
  const std::string log = ouro.output();
  CHECK(log.find(R"("client":"192.0.2.7","peer":"127.0.0.1")") != std::string::npos);
  CHECK(log.find("/ping") == std::string::npos);
  CHECK(log.find("/old/a") != std::string::npos);
}

TEST_CASE("serve with a fallback and listings needs no configuration") {
  const test::TemporaryDirectory site;
  site.write("index.html", "the application");
  site.write("assets/a.js", "1");
  Process ouro({kOuro, "serve", site.path(), "--listen", "127.0.0.1:0", "--fallback", "index.html",
                "--listing"});
  REQUIRE(ouro.says("files " + site.path()));
  const auto missing = test::get(ouro.port(), "/some/where");
  REQUIRE(missing);
  CHECK(missing->status == 200);
  CHECK(missing->body == "the application");
  const auto listing = test::get(ouro.port(), "/assets/");
  REQUIRE(listing);
  CHECK(listing->status == 200);
  CHECK(listing->body.find("a.js") != std::string::npos);
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitDone);
}
