// Goal: a rehearsed request has the answer of the server, and says what was looked up for it.
// Method: heads against real roots.
#include "server/app/rehearsal.h"

#include <doctest/doctest.h>

#include <string>

#include "config/loader.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"

namespace {

std::shared_ptr<const server::Snapshot> snapshot_of(const std::string& root) {
  auto loaded = config::load_text(
      R"({"listen": [":80"], "sites": [{"routes": [{"files": {"root": ")" + root + R"("}}]}]})",
      "f", "/");
  REQUIRE(loaded);
  auto snapshot = server::Snapshot::compile(std::move(loaded->config));
  REQUIRE(snapshot);
  return *snapshot;
}

server::Rehearsal rehearse(const test::TemporaryDirectory& site, const std::string& head) {
  auto result = server::rehearse(snapshot_of(site.path()), 0, head, std::chrono::seconds(30));
  REQUIRE(result);
  return *result;
}

}  // namespace

TEST_CASE("a small file, a large one, a directory and nothing") {
  const test::TemporaryDirectory site;
  site.write("small", "12345");
  site.write("large", std::string(300'000, 'x'));
  site.write("folder/x", "");
  const std::string end = " HTTP/1.1\r\nHost: a\r\n\r\n";

  const auto small = rehearse(site, "GET /small" + end);
  CHECK(small.head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(small.body_bytes == 5);
  REQUIRE(small.look_ups.size() == 1);
  CHECK(small.look_ups[0].file == site.path() + "/small");

  const auto large = rehearse(site, "GET /large" + end);
  CHECK(large.head.find("Content-Length: 300000") != std::string::npos);
  CHECK(large.body_bytes == 300'000);

  const auto folder = rehearse(site, "GET /folder" + end);
  CHECK(folder.head.starts_with("HTTP/1.1 301 "));
  REQUIRE(folder.trace.has_value());
  CHECK(folder.trace->routes.size() == 1);

  const auto missing = rehearse(site, "GET /none" + end);
  CHECK(missing.head.starts_with("HTTP/1.1 404 "));
  REQUIRE(missing.look_ups.size() == 1);
  CHECK(missing.look_ups[0].kind == server::Representation::Kind::kMissing);
}

TEST_CASE("a request without an answer is given up in time") {
  const test::TemporaryDirectory site;
  const auto result = server::rehearse(snapshot_of(site.path()), 0,
                                       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                                       std::chrono::milliseconds(20));
  REQUIRE_FALSE(result);
  CHECK(result.error().message.starts_with("no answer in time"));
}

TEST_CASE("a password is checked as the server would") {
  const test::TemporaryDirectory site;
  site.write("users", test::user_line("anna", "secret"));
  site.write("a.txt", "12345");
  auto loaded = config::load_text(R"({"listen": [":80"], "sites": [{
      "auth": {"basic": {"users_file": "users"}}, "routes": [{"files": {"root": "."}}]}]})",
                                  "f", site.path());
  REQUIRE(loaded);
  const auto snapshot = server::Snapshot::compile(std::move(loaded->config));
  REQUIRE(snapshot);
  const auto ask = [&](const std::string& field) {
    const auto result =
        server::rehearse(*snapshot, 0, "GET /a.txt HTTP/1.1\r\nHost: a\r\n" + field + "\r\n",
                         std::chrono::seconds(30));
    REQUIRE(result);
    return *result;
  };
  CHECK(ask("").head.starts_with("HTTP/1.1 401 "));
  CHECK(ask(test::login("anna", "wrong")).head.starts_with("HTTP/1.1 401 "));
  const auto right = ask(test::login("anna", "secret"));
  CHECK(right.head.starts_with("HTTP/1.1 200 "));
  CHECK(right.body_bytes == 5);
}

TEST_CASE("a hash that takes days is given up in time") {
  // In a child: what hashes is left behind.
  test::Process child([] {
    const test::TemporaryDirectory site;
    std::string line = test::user_line("anna", "secret");
    line.replace(line.find("$04$"), 4, "$31$");
    site.write("users", line);
    auto loaded = config::load_text(R"({"listen": [":80"], "sites": [{
        "auth": {"basic": {"users_file": "users"}}, "routes": [{"respond": {}}]}]})",
                                    "f", site.path());
    const auto snapshot = server::Snapshot::compile(std::move(loaded->config));
    const auto result = server::rehearse(
        *snapshot, 0, "GET / HTTP/1.1\r\nHost: a\r\n" + test::login("anna", "secret") + "\r\n",
        std::chrono::milliseconds(50));
    return !result && result.error().message.starts_with("no answer in time") ? 0 : 1;
  });
  CHECK(child.wait() == 0);
}

TEST_CASE("what is no request has an answer, but no trace") {
  const test::TemporaryDirectory site;
  const auto refused = rehearse(site, "GET / HTTP/1.1\r\n\r\n");
  CHECK(refused.head.starts_with("HTTP/1.1 400 "));
  CHECK(!refused.trace.has_value());
}
