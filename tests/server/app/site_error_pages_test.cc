// Goal: a site's error pages reach the client: the status as it was, the page's bytes and type, the
// fields that belong to the answer, and the connection goes on; an edited page shows, a removed one
// gives way to the built-in page. Method: a real server on a configuration made in code, on every
// engine, and plain clients.

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "server/handlers/file_cache.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

const std::string kBuiltIn = "<!doctype html>\n<html lang=\"en\">";

// Two sites with the same files; the pages are those of a.test.
config::Config config_of(const test::TemporaryDirectory& folder) {
  config::Config config;
  for (const std::string host : {"a.test", "b.test"}) {
    config::Route files;
    config::Files action;
    action.root = folder.path() + "/files";
    action.place = {"ouro.jsonc", 1, 1};
    files.action = std::move(action);
    config::Route gone;
    gone.path = {"/gone"};
    gone.action = config::Respond{410, "", ""};
    config::Site site;
    site.hosts = {host};
    site.routes = {std::move(gone), std::move(files)};
    config.sites.push_back(std::move(site));
  }
  for (const int status : {404, 405, 410, 413, 416}) {
    const std::string number = std::to_string(status);
    config.sites[0].error_pages[status] = {folder.path() + "/pages/" + number + ".html", {}};
  }
  config.sites[0].error_pages[417] = {folder.path() + "/pages/none.html", {}};
  return config;
}

struct Served {
  explicit Served(const core::Engine& engine) {
    folder.write("files/a.txt", "0123456789");
    folder.write("pages/404.html", "<p>lost");
    folder.write("pages/405.html", "<p>not so");
    folder.write("pages/410.html", test::varied_bytes(300'000, 410));
    folder.write("pages/413.html", "<p>too much");
    folder.write("pages/416.html", "<p>not there");
    test::LiveOptions options;
    options.engine = engine;
    config::Config config = config_of(folder);
    config.limits.body_size = 10;
    server = std::make_unique<test::LiveServer>(std::move(config), options);
  }

  test::TemporaryDirectory folder;
  std::unique_ptr<test::LiveServer> server;

  // The answer of a connection of its own; `request` is the line and the fields behind Host.
  [[nodiscard]] test::Answer ask(const std::string& line, const std::string& fields = "",
                                 const std::string& content = "",
                                 const std::string& host = "a.test") const {
    test::TestClient client(server->port());
    return ask_on(client, line, fields, content, host);
  }
  [[nodiscard]] static test::Answer ask_on(test::TestClient& client, const std::string& line,
                                           const std::string& fields = "",
                                           const std::string& content = "",
                                           const std::string& host = "a.test") {
    REQUIRE(client.send(line + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n" + content));
    const auto answer = client.read_answer(line.starts_with("HEAD"));
    REQUIRE(answer);
    return *answer;
  }
};

void check_no_file_fields(const test::Answer& answer) {
  for (const std::string name : {"etag", "last-modified", "accept-ranges"}) {
    CAPTURE(name);
    CHECK_FALSE(answer.fields.contains(name));
  }
}

}  // namespace

TEST_CASE("a site's error pages, from the configuration to the answer") {
  for (const core::Engine& engine : test::engines()) {
    CAPTURE(test::name_of(engine));
    const Served served(engine);
    test::TestClient client(served.server->port());
    for (int time = 0; time < 3; ++time) {  // looked up, then known; the connection goes on
      const test::Answer missing = Served::ask_on(client, "GET /missing");
      CHECK(missing.status == 404);
      CHECK(missing.body == "<p>lost");
      CHECK(missing.fields.at("content-type") == "text/html; charset=utf-8");
      check_no_file_fields(missing);
    }
    const test::Answer head = Served::ask_on(client, "HEAD /missing");
    CHECK(head.status == 404);
    CHECK(head.fields.at("content-length") == "7");

    const test::Answer method = Served::ask_on(client, "DELETE /a.txt");
    CHECK(method.status == 405);
    CHECK(method.body == "<p>not so");
    CHECK(method.fields.at("allow") == "GET, HEAD, OPTIONS");

    const test::Answer range = Served::ask_on(client, "GET /a.txt", "Range: bytes=10-\r\n");
    CHECK(range.status == 416);
    CHECK(range.body == "<p>not there");
    CHECK(range.fields.at("content-range") == "bytes */10");
    check_no_file_fields(range);

    for (int time = 0; time < 2; ++time) {
      const test::Answer large = Served::ask_on(client, "GET /gone", "Range: bytes=0-9\r\n");
      CHECK(large.status == 410);
      CHECK((large.body == test::varied_bytes(300'000, 410)));
      check_no_file_fields(large);
    }
    const test::Answer large_head = Served::ask_on(client, "HEAD /gone");
    CHECK(large_head.status == 410);
    CHECK(large_head.fields.at("content-length") == "300000");
    CHECK(Served::ask_on(client, "GET /a.txt").body == "0123456789");
  }
}

TEST_CASE("what the connection refuses: the site's page when the site is known") {
  for (const core::Engine& engine : test::engines()) {
    CAPTURE(test::name_of(engine));
    const Served served(engine);
    const test::Answer large = served.ask("POST /a.txt", "Content-Length: 11\r\n", "0123456789a");
    CHECK(large.status == 413);
    CHECK(large.body == "<p>too much");
    CHECK(large.fields.at("connection") == "close");
    const test::Answer expectation = served.ask("GET /a.txt", "Expect: wonders\r\n");
    CHECK(expectation.status == 417);  // its page does not exist
    CHECK(expectation.body.starts_with(kBuiltIn));
    const test::Answer bad = served.ask("GET /a b");
    CHECK(bad.status == 400);
    CHECK(bad.body.starts_with(kBuiltIn));
  }
}

TEST_CASE("pages are their site's: another site and no site have the built-in ones") {
  const Served served(test::engines().front());
  REQUIRE(served.ask("GET /missing").body == "<p>lost");
  const test::Answer other = served.ask("GET /missing", "", "", "b.test");
  CHECK(other.status == 404);
  CHECK(other.body.starts_with(kBuiltIn));
  const test::Answer none = served.ask("GET /missing", "", "", "c.test");
  CHECK(none.status == 421);
  CHECK(none.body.starts_with(kBuiltIn));
}

TEST_CASE("an edited page shows within a second, a removed one gives way to the built-in page") {
  const Served served(test::engines().front());
  test::TestClient client(served.server->port());
  // The cache's second by the loop's clock, and some more for a busy machine.
  const auto check_shows = [&](const std::string& expected) {
    const core::TimePoint changed = core::Clock::now();
    core::TimePoint asked;
    CHECK(test::LiveServer::eventually([&] {
      asked = core::Clock::now();
      const test::Answer answer = Served::ask_on(client, "GET /missing");
      CHECK(answer.status == 404);
      return answer.body.starts_with(expected);
    }));
    CHECK(asked - changed < server::FileCache::kValidFor + std::chrono::seconds(1));
  };
  REQUIRE(Served::ask_on(client, "GET /missing").body == "<p>lost");
  served.folder.write("pages/404.html", "<p>edited");
  check_shows("<p>edited");
  REQUIRE(::unlink((served.folder.path() + "/pages/404.html").c_str()) == 0);
  check_shows(kBuiltIn);
  served.folder.write("pages/404.html", "<p>back");
  check_shows("<p>back");
}
