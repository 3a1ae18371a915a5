// Goal: routes with passwords let in whom their file names, tell everybody else what RFC 7617 says,
// and slow nobody down who asks for something else. Method: a real server over sockets, on each
// engine; the desk's counters; both logs through files.

#include <doctest/doctest.h>
#include <poll.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "server/app/exit_code.h"
#include "tests/server/app/password_server.h"
#include "tests/server/app/process.h"

namespace {

using test::Answer;
using test::kVaultFile;
using test::LiveServer;
using test::login;
using test::on_engines;
using test::PasswordServer;
using test::TestClient;
using test::user_line;

const std::string kChallenge = R"(Basic realm="The \"Vault\"", charset="UTF-8")";

// As many logins that are wrong, each its own, each waiting on a connection of its own.
std::vector<TestClient> flood(const PasswordServer& server, int count) {
  std::vector<TestClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(server.live->port());
    CHECK(clients.back().send("GET " + kVaultFile + " HTTP/1.1\r\nHost: x\r\n" +
                              login("anna", "guess " + std::to_string(i)) + "\r\n"));
  }
  return clients;
}

// What a process has computed so far (proc(5): utime of its stat).
long cpu_ticks(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(stat, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string field;
  for (int i = 3; i <= 14; ++i) fields >> field;
  return std::stol(field);
}

}  // namespace

TEST_CASE("who is in the file gets what is there, all others a challenge") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    CHECK(server.ask("/plain").body == "plain");
    struct Case {
      std::string fields;
      int status;
    };
    const std::vector<Case> cases = {
        {"", 401},
        {login("anna", "secret"), 200},
        {login("b\xC3\xB6"
               "b",
               "ünd:so"),
         200},
        {login("anna", "Secret"), 401},
        {login("anna", ""), 401},
        {login("nobody", "secret"), 401},
        {login("anna", std::string(100, 'x')), 401},
        {"Authorization: Bearer abc\r\n", 401},
        {"Authorization: Basic !!!\r\n", 400},
        {"Authorization: Basic " + test::base64("no colon") + "\r\n", 400},
        {login("anna", "secret") + login("anna", "secret"), 400}};
    for (const Case& c : cases) {
      CAPTURE(c.fields);
      const Answer answer = server.ask(kVaultFile, c.fields);
      CHECK(answer.status == c.status);
      CHECK((answer.body == "0123456789") == (c.status == 200));
      const auto challenge = answer.fields.find("www-authenticate");
      CHECK((challenge != answer.fields.end()) == (c.status == 401));
      if (c.status == 401) CHECK(challenge->second == kChallenge);
    }
  });
}

TEST_CASE("each realm has the users of its file, and a file may be for several") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    CHECK(server.ask("/other/a.txt", login("anna", "another")).body == "other");
    CHECK(server.ask("/other/a.txt", login("anna", "secret")).status == 401);
    CHECK(server.ask(kVaultFile, login("anna", "another")).status == 401);
    CHECK(server.ask("/again/x", login("anna", "secret")).body == "again");
    CHECK(server.ask("/again/x").fields.at("www-authenticate") ==
          R"(Basic realm="Again", charset="UTF-8")");
  });
}

TEST_CASE("behind a password HEAD, conditions and ranges are as without") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    TestClient client(server.live->port());
    const std::string right = login("anna", "secret");
    const Answer whole = PasswordServer::ask(client, kVaultFile, right);
    CHECK(whole.body == "0123456789");
    const std::string& tag = whole.fields.at("etag");
    const Answer head = PasswordServer::ask(client, kVaultFile, right, "HEAD");
    CHECK(head.status == 200);
    CHECK(head.fields.at("content-length") == "10");
    const Answer same =
        PasswordServer::ask(client, kVaultFile, right + "If-None-Match: " + tag + "\r\n");
    CHECK(same.status == 304);
    const Answer range = PasswordServer::ask(client, kVaultFile, right + "Range: bytes=2-4\r\n");
    CHECK(range.status == 206);
    CHECK(range.body == "234");
    CHECK(PasswordServer::ask(client, "/vault/none", right).status == 404);
    // Nothing of it comes without.
    CHECK(PasswordServer::ask(client, kVaultFile, "", "HEAD").status == 401);
    CHECK(PasswordServer::ask(client, kVaultFile, "Range: bytes=2-4\r\n").status == 401);
    CHECK(PasswordServer::ask(client, "/vault/none").status == 401);
    REQUIRE(client.send("GET " + kVaultFile + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag +
                        "\r\n\r\n"));
    CHECK(client.read_answer()->status == 401);
  });
}

TEST_CASE("a preflight is answered without a password, what follows is not") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    const std::string origin = "Origin: https://app.test\r\n";
    const Answer preflight =
        server.ask(kVaultFile, origin + "Access-Control-Request-Method: GET\r\n", "OPTIONS");
    CHECK(preflight.status == 204);
    CHECK(preflight.fields.at("access-control-allow-origin") == "https://app.test");
    const Answer refused = server.ask(kVaultFile, origin);
    CHECK(refused.status == 401);
    CHECK(refused.fields.at("access-control-allow-origin") == "https://app.test");
  });
}

TEST_CASE("the access log has the user, and nothing that a password could be read from") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    static_cast<void>(server.ask(kVaultFile, login("anna", "secret")));
    static_cast<void>(server.ask(kVaultFile, login("anna", "hunter2")));
    static_cast<void>(server.ask(kVaultFile, "Authorization: Basic !!!\r\n"));
    CHECK(LiveServer::eventually(
        [&] { return server.log("access").find("\"status\":400") != std::string::npos; }));
    const std::string log = server.log("access");
    CAPTURE(log);
    std::istringstream lines(log);
    std::string line;
    std::size_t known = 0;
    while (std::getline(lines, line)) {
      const bool has_user = line.find("\"user\":\"anna\"") != std::string::npos;
      CHECK(has_user == (line.find("\"status\":200") != std::string::npos));
      known += has_user ? 1 : 0;
    }
    CHECK(known == 1);
    for (const std::string& all : {log, server.log("errors")}) {
      for (const std::string& secret :
           {std::string("uthorization"), std::string("secret"), std::string("hunter2"),
            test::base64("anna:secret"), test::base64("anna:hunter2"), std::string("!!!")}) {
        CHECK(all.find(secret) == std::string::npos);
      }
    }
  });
}

TEST_CASE("sixty assets over six connections with one password make one hash") {
  on_engines([](const core::Engine& engine) {
    // Slow enough for all to wait for it.
    const PasswordServer server(engine, {.loops = 2, .users = user_line("eve", "new", 8)});
    REQUIRE(server.desk().hashes == 0);
    std::vector<TestClient> browser;
    for (int i = 0; i < 6; ++i) browser.emplace_back(server.live->port());
    const std::string request =
        "GET " + kVaultFile + " HTTP/1.1\r\nHost: x\r\n" + login("eve", "new") + "\r\n";
    for (const TestClient& client : browser) {
      for (int i = 0; i < 10; ++i) CHECK(client.send(request));
    }
    for (TestClient& client : browser) {
      for (int i = 0; i < 10; ++i) {
        const auto answer = client.read_answer();
        REQUIRE(answer);
        CHECK(answer->status == 200);
      }
    }
    CHECK(server.desk().hashes == 1);
  });
}

TEST_CASE("a plain route answers while wrong passwords wait") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine, {.users = user_line("anna", "secret", 10)});
    TestClient plain(server.live->port());
    const auto guessers = flood(server, 40);
    REQUIRE(LiveServer::eventually([&] { return server.desk().waiting > 10; }));
    for (int i = 0; i < 10; ++i) CHECK(PasswordServer::ask(plain, "/plain").body == "plain");
    // They were answered in front of all these.
    CHECK(server.desk().waiting > 0);
    CHECK(server.desk().hashes < 40);
  });
}

TEST_CASE("a server that is stopped during a flood ends without hashing all of it") {
  on_engines([](const core::Engine& engine) {
    PasswordServer server(engine, {.loops = 2, .users = user_line("anna", "secret", 10)});
    const auto guessers = flood(server, 40);
    REQUIRE(LiveServer::eventually([&] { return server.desk().waiting > 10; }));
    server.live->server().abort();
    CHECK(server.live->server().wait_finished(std::chrono::seconds(10)));
    CHECK(server.desk().dropped > 0);
    CHECK(server.desk().hashes < 40);
  });
}

TEST_CASE("who is refused before the first hash is done hears how long it may take") {
  const test::TemporaryDirectory directory;
  std::string line = user_line("anna", "secret");
  line.replace(line.find("$04$"), 4, "$31$");  // hours
  directory.write("users", line);
  const std::string config = directory.write("ouro.jsonc", R"({
    "listen": ["127.0.0.1:0"], "admin": { "address": null }, "log": { "access": null },
    "lanes": { "auth": { "threads": 1, "queue": 1 } },
    "sites": [{ "auth": { "basic": { "users_file": "users" } }, "routes": [{ "respond": {} }] }]
  })");
  test::Process ouro({OURO_BINARY, "run", "-c", config});
  REQUIRE(ouro.says("  auth      cost 31 x "));
  // One runs, one waits.
  std::vector<TestClient> clients;
  std::vector<pollfd> answered;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(ouro.port());
    answered.push_back({clients.back().fd(), POLLIN, 0});
    CHECK(clients.back().send("GET / HTTP/1.1\r\nHost: x\r\n" + login("anna", std::to_string(i)) +
                              "\r\n"));
  }
  REQUIRE(::poll(answered.data(), answered.size(), 20'000) == 1);
  for (std::size_t i = 0; i < answered.size(); ++i) {
    if (answered[i].revents == 0) continue;
    const auto answer = clients[i].read_answer();
    REQUIRE(answer);
    CHECK(answer->status == 503);
    CHECK(std::stoi(answer->fields.at("retry-after")) > 1000);
  }
  ouro.signal(SIGTERM);
  REQUIRE(ouro.says("stopping"));
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitFailed);
}

TEST_CASE("a hash without an end does not keep the program from ending") {
  const test::TemporaryDirectory directory;
  std::string line = user_line("anna", "secret");
  line.replace(line.find("$04$"), 4, "$31$");
  directory.write("users", line);
  const std::string config = directory.write("ouro.jsonc", R"({
    "listen": ["127.0.0.1:0"], "admin": { "address": null }, "log": { "access": null },
    "sites": [{ "auth": { "basic": { "users_file": "users" } }, "routes": [{ "respond": {} }] }]
  })");
  test::Process ouro({OURO_BINARY, "run", "-c", config});
  REQUIRE(ouro.says("  auth      cost 31 x "));
  const long before = cpu_ticks(ouro.id());
  const TestClient client(ouro.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n" + login("anna", "secret") + "\r\n"));
  CHECK(test::get(ouro.port(), "/")->status == 401);
  // The worker is the least important thread of all: it may come late.
  REQUIRE(test::LiveServer::eventually([&] { return cpu_ticks(ouro.id()) > before + 5; }));
  ouro.signal(SIGTERM);
  REQUIRE(ouro.says("stopping"));
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("a worker does not come to an end") != std::string::npos);
}
