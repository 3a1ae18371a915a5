// Goal: the admin listener knows four paths and a page that names them, and nothing else.
// Method: a table of requests to a live server's admin.

#include "server/app/admin_site.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

TEST_CASE("four paths, a page that names them, and nothing else") {
  struct Case {
    std::string request;
    int status;
    std::string body;  // empty: not looked at
  };
  const test::TemporaryDirectory site;
  site.write("index.html", "not for the admin");
  test::LiveOptions options;
  options.admin = true;
  test::LiveServer live(site.path(), options);
  for (const Case& expected :
       {Case{"GET /healthz", 200, "ok\n"}, Case{"GET /readyz", 200, "ready\n"},
        Case{"POST /healthz", 405, ""}, Case{"POST /", 405, ""}, Case{"POST /metrics", 405, ""},
        Case{"POST /status", 405, ""}, Case{"GET /index.html", 404, ""},
        Case{"GET /healthz/x", 404, ""}}) {
    CAPTURE(expected.request);
    test::TestClient client(live.admin_port());
    REQUIRE(client.send(expected.request + " HTTP/1.1\r\nHost: anybody\r\n\r\n"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == expected.status);
    if (!expected.body.empty()) CHECK(answer->body == expected.body);
  }
  const auto index = test::get(live.admin_port(), "/");
  REQUIRE(index);
  CHECK(index->fields.at("content-type") == "text/plain; charset=utf-8");
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/status"}) {
    CHECK(index->body.find(path) != std::string::npos);
  }
  test::TestClient head(live.admin_port());
  REQUIRE(head.send("HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto answer = head.read_answer(true);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->fields.at("content-length") == "6");
}
