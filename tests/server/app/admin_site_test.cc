// Goal: the admin listener knows a few paths, a page that shows them at work, and nothing else; the
// page cannot be made to do anything but its own; events come again and again, to so many and no
// more, and keep nobody from stopping. Method: requests to a live server's admin. What the page
// shows is looked at by a browser (./dev page).

#include "server/app/admin_site.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/handlers/event_stream.h"
#include "tests/server/app/json_value.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

struct Admin {
  Admin() {
    test::LiveOptions options;
    options.admin = true;
    live.emplace(site.path(), options);
  }
  [[nodiscard]] std::uint16_t port() const { return live->admin_port(); }

  const test::TemporaryDirectory site;
  std::optional<test::LiveServer> live;
};

// Someone who listens to /events.
class Listener {
 public:
  explicit Listener(const Admin& admin, const std::string& version = "1.1")
      : client_(admin.port()) {
    REQUIRE(client_.send("GET /events HTTP/" + version + "\r\nHost: x\r\n\r\n"));
    head_ = read_until("\r\n\r\n");
  }
  [[nodiscard]] const std::string& head() const { return head_; }
  // The JSON of the next event.
  [[nodiscard]] test::JsonValue next() {
    static_cast<void>(read_until("data: "));
    auto status = test::read_json(read_until("\n\n"));
    REQUIRE(status);
    return *status;
  }
  [[nodiscard]] bool ended() {
    static_cast<void>(client_.read_to_end());
    return client_.closed_by_peer();
  }

 private:
  // What stands before it.
  std::string read_until(const std::string& mark) {
    std::size_t at = 0;
    while ((at = text_.find(mark)) == std::string::npos) {
      const std::string more = client_.read_some(65536);
      REQUIRE(!more.empty());
      text_ += more;
    }
    std::string before = text_.substr(0, at);
    text_.erase(0, at + mark.size());
    return before;
  }

  test::TestClient client_;
  std::string text_;
  std::string head_;
};

}  // namespace

TEST_CASE("a few paths, and nothing else") {
  struct Case {
    std::string request;
    int status;
    std::string body;  // empty: not looked at
  };
  const Admin admin;
  admin.site.write("index.html", "not for the admin");
  for (const Case& expected :
       {Case{"GET /healthz", 200, "ok\n"}, Case{"GET /readyz", 200, "ready\n"},
        Case{"POST /healthz", 405, ""}, Case{"POST /", 405, ""}, Case{"POST /metrics", 405, ""},
        Case{"POST /status", 405, ""}, Case{"POST /events", 405, ""},
        Case{"GET /index.html", 404, ""}, Case{"GET /healthz/x", 404, ""}}) {
    CAPTURE(expected.request);
    test::TestClient client(admin.port());
    REQUIRE(client.send(expected.request + " HTTP/1.1\r\nHost: anybody\r\n\r\n"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->status == expected.status);
    if (!expected.body.empty()) CHECK(answer->body == expected.body);
  }
  test::TestClient head(admin.port());
  REQUIRE(head.send("HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto answer = head.read_answer(true);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->fields.at("content-length") == "6");
}

TEST_CASE("the page is whole in itself, and its policy lets nothing else in") {
  const Admin admin;
  const auto page = test::get(admin.port(), "/");
  REQUIRE(page);
  CHECK(page->status == 200);
  CHECK(page->fields.at("content-type") == "text/html; charset=utf-8");
  CHECK(page->fields.at("cache-control") == "no-store");
  CHECK(page->fields.at("x-content-type-options") == "nosniff");
  const std::string policy = page->fields.at("content-security-policy");
  for (const char* const part :
       {"default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "connect-src 'self'",
        "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"}) {
    CAPTURE(part);
    CHECK(policy.find(part) != std::string::npos);
  }
  CHECK(policy.find("unsafe") == std::string::npos);
  // Who has no JavaScript is told where to go.
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/status"}) {
    CHECK(page->body.find("<a href=\"" + std::string(path) + "\"") != std::string::npos);
  }
  CHECK(page->body.find("<noscript>") != std::string::npos);
  for (const char* const elsewhere : {" src=\"", "@import", "https://", "href=\"http"}) {
    CAPTURE(elsewhere);
    CHECK(page->body.find(elsewhere) == std::string::npos);
  }
}

TEST_CASE("events come again and again, each a whole status, to HTTP/1.0 too") {
  for (const char* const version : {"1.1", "1.0"}) {
    CAPTURE(version);
    const Admin admin;
    Listener listener(admin, version);
    CHECK(listener.head().find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(listener.head().find("Cache-Control: no-store") != std::string::npos);
    const test::JsonValue first = listener.next();
    CHECK(first["loops"].at(0)["requests"].number == 0);
    REQUIRE(test::get(admin.live->port(), "/"));
    test::JsonValue later = listener.next();
    while (later["loops"].at(0)["requests"].number == 0) later = listener.next();
    CHECK(later["loops"].at(0)["requests"].number == 1);
    CHECK(later["time"].number > first["time"].number);
  }
}

TEST_CASE("so many may listen, the next one is told to come back later") {
  const Admin admin;
  std::vector<Listener> listeners;
  for (std::size_t i = 0; i < server::EventStream::Options().clients_max; ++i) {
    listeners.emplace_back(admin);
  }
  const auto refused = test::get(admin.port(), "/events");
  REQUIRE(refused);
  CHECK(refused->status == 503);
  CHECK(refused->fields.at("retry-after") == "10");
  listeners.pop_back();
  CHECK(test::LiveServer::eventually([&] {
    test::TestClient client(admin.port());
    REQUIRE(client.send("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n"));
    const auto answer = client.read_answer(true);
    return answer && answer->status == 200;
  }));
}

TEST_CASE("who listens keeps no server from stopping") {
  Admin admin;
  Listener listener(admin);
  static_cast<void>(listener.next());
  admin.live.reset();  // within its limit, or this aborts
  CHECK(listener.ended());
}
