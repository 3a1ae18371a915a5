// Goal: scripts of an allowed origin can read every answer of a route with cors, whatever its
// status, and those of another none.
// Method: a live server with files behind cors; requests as browsers make them, over one
// connection.

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

constexpr const char* kAllowOrigin = "access-control-allow-origin";

config::Config config_for(const std::string& root) {
  config::Cors cors;
  cors.origins = {"https://app.test"};
  cors.methods = {"GET", "PUT"};
  cors.headers = {"*"};
  cors.credentials = true;
  cors.max_age = std::chrono::seconds(600);
  config::Route api;
  api.path = {"/api/**"};
  api.methods = {"GET"};
  api.action = config::Respond{503, "later"};
  api.filters.cors = cors;
  config::Route own;
  own.path = {"/own/**"};
  own.action = config::Respond{200, "own"};
  config::Route files;
  config::Files action;
  action.root = root;
  files.action = action;
  files.filters.cors = cors;
  config::Route limited = files;
  limited.path = {"/limited"};
  limited.methods = {"PUT"};
  limited.filters.body_size = 1;
  config::Config config;
  config.sites.push_back({{}, {api, own, limited, files}});
  config.sites[0].filters.cors = cors;
  return config;
}

std::string field(const test::Answer& answer, const std::string& name) {
  const auto found = answer.fields.find(name);
  return found == answer.fields.end() ? "" : found->second;
}

test::Answer ask(test::TestClient& client, const std::string& line, const std::string& fields,
                 bool head_only = false) {
  REQUIRE(client.send(line + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"));
  const auto answer = client.read_answer(head_only);
  REQUIRE(answer);
  return *answer;
}

}  // namespace

TEST_CASE("an allowed origin reads answers of every kind, another gets the same without a word") {
  const test::TemporaryDirectory site;
  site.write("index.html", "hello");
  test::LiveServer server(config_for(site.path()), {});
  test::TestClient client(server.port());
  const std::string etag = field(ask(client, "GET /", ""), "etag");
  REQUIRE(!etag.empty());
  struct Case {
    std::string line, fields;
    int status;
  };
  const std::vector<Case> cases = {{"GET /", "", 200},
                                   {"GET /", "Range: bytes=0-1\r\n", 206},
                                   {"GET /", "If-None-Match: " + etag + "\r\n", 304},
                                   {"GET /", "Range: bytes=9-\r\n", 416},
                                   {"GET /missing", "", 404},
                                   {"DELETE /", "", 405},
                                   {"POST /api/x", "Content-Length: 0\r\n", 405},
                                   {"GET /api/x", "", 503},
                                   {"OPTIONS /", "", 204}};
  for (const Case& c : cases) {
    CAPTURE(c.line);
    CAPTURE(c.status);
    const bool no_body = c.status == 304 || c.status == 204;
    const auto allowed = ask(client, c.line, c.fields + "Origin: https://app.test\r\n", no_body);
    CHECK(allowed.status == c.status);
    CHECK(field(allowed, kAllowOrigin) == "https://app.test");
    CHECK(field(allowed, "access-control-allow-credentials") == "true");
    CHECK(allowed.head.find("Vary: Origin\r\n") != std::string::npos);
    for (const std::string origin : {"", "Origin: https://evil.test\r\n", "Origin: null\r\n"}) {
      const auto other = ask(client, c.line, c.fields + origin, no_body);
      CHECK(other.status == c.status);
      CHECK(other.body == allowed.body);
      CHECK(other.head.find("Access-Control") == std::string::npos);
      CHECK(other.head.find("Vary: Origin\r\n") != std::string::npos);
    }
  }
}

TEST_CASE("a route without cors says nothing, also to preflights") {
  const test::TemporaryDirectory site;
  test::LiveServer server(config_for(site.path()), {});
  test::TestClient client(server.port());
  for (const std::string line : {"GET /own/x", "OPTIONS /own/x"}) {
    const auto answer = ask(client, line,
                            "Origin: https://app.test\r\n"
                            "Access-Control-Request-Method: GET\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == "own");
    CHECK(answer.head.find("Access-Control") == std::string::npos);
    CHECK(answer.head.find("Origin") == std::string::npos);
  }
}

TEST_CASE("a preflight is answered without the route, and nothing of it stays") {
  const test::TemporaryDirectory site;
  test::LiveServer server(config_for(site.path()), {});
  test::TestClient client(server.port());
  const auto allowed = ask(client, "OPTIONS /api/x",
                           "Origin: https://app.test\r\n"
                           "Access-Control-Request-Method: GET\r\n"
                           "Access-Control-Request-Headers: authorization,x-token\r\n");
  CHECK(allowed.status == 204);
  CHECK(allowed.body == "");
  CHECK(field(allowed, kAllowOrigin) == "https://app.test");
  CHECK(field(allowed, "access-control-allow-credentials") == "true");
  CHECK(field(allowed, "access-control-allow-methods") == "GET, PUT");
  CHECK(field(allowed, "access-control-allow-headers") == "authorization, x-token");
  CHECK(field(allowed, "access-control-max-age") == "600");
  CHECK(field(allowed, "vary") ==
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  CHECK(field(allowed, "x-content-type-options") == "nosniff");
  CHECK(field(allowed, "allow") == "");
  for (const std::string asks : {"Origin: https://app.test\r\n"
                                 "Access-Control-Request-Method: DELETE\r\n",
                                 "Origin: https://evil.test\r\n"
                                 "Access-Control-Request-Method: GET\r\n"}) {
    const auto refused = ask(client, "OPTIONS /api/x", asks);
    CHECK(refused.status == 204);
    CHECK(refused.head.find("Allow") == std::string::npos);
    CHECK(field(refused, "vary") != "");
  }
  // The connection remembers nothing of it.
  const auto after = ask(client, "GET /api/x", "Origin: https://app.test\r\n");
  CHECK(after.status == 503);
  CHECK(field(after, kAllowOrigin) == "https://app.test");
  CHECK(field(after, "access-control-allow-methods") == "");
}

TEST_CASE("a body that is too large is refused in a way that the script can read") {
  const test::TemporaryDirectory site;
  test::LiveServer server(config_for(site.path()), {});
  test::TestClient client(server.port());
  const auto answer =
      ask(client, "PUT /limited", "Origin: https://app.test\r\nContent-Length: 2\r\n");
  CHECK(answer.status == 413);
  CHECK(field(answer, kAllowOrigin) == "https://app.test");
}
