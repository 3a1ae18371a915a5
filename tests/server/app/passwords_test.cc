// Goal: routes with passwords let in whom their file names, tell everybody else what RFC 7617 says,
// and slow nobody down who asks for something else. Method: a real server over sockets, on each
// engine; files of users that are replaced while it serves; the desk's counters; both logs through
// files.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"
#include "server/app/exit_code.h"
#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/process.h"
#include "tests/server/app/temporary_directory.h"
#include "tests/server/app/test_client.h"

namespace {

using test::Answer;
using test::LiveServer;
using test::login;
using test::TestClient;
using test::user_line;

config::Route route(const std::string& path, config::Action action) {
  config::Route route;
  route.path = {path};
  route.action = std::move(action);
  return route;
}

core::UniqueFd open_log(const std::string& path) {
  core::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  REQUIRE(fd.valid());
  return fd;
}

// A server with a vault, another place with other users, and a plain route.
class Fixture {
 public:
  explicit Fixture(const core::Engine& engine, std::size_t loops = 1,
                   core::Duration users_period = std::chrono::milliseconds(10))
      : access_log_(open_log(directory_.path() + "/access")),
        error_log_(open_log(directory_.path() + "/errors")) {
    directory_.write("www/vault/a.txt", "0123456789");
    directory_.write("www/other/a.txt", "other");
    write_users(user_line("anna", "secret") + user_line("böb", "ünd:so"));
    directory_.write("others", user_line("anna", "another"));
    config::Files files;
    files.root = directory_.path() + "/www";
    config::Config config;
    config.lanes.auth.threads = 1;
    config.sites.push_back({{},
                            {route("/plain", config::Respond{200, "plain", "text/plain"}),
                             route("/vault/**", files), route("/other/**", files),
                             route("/again/**", config::Respond{200, "again", "text/plain"})}});
    auto& routes = config.sites[0].routes;
    routes[1].filters.basic_auth = auth("users", "The \"Vault\"");
    routes[1].filters.cors = config::Cors{};
    routes[1].filters.cors->origins = {"https://app.test"};
    routes[2].filters.basic_auth = auth("others", "Other");
    routes[3].filters.basic_auth = auth("users", "Again");
    test::LiveOptions options;
    options.engine = engine;
    options.loops = loops;
    options.access_log_fd = access_log_.get();
    options.error_log_fd = error_log_.get();
    options.users_period = users_period;
    server = std::make_unique<LiveServer>(std::move(config), options);
  }

  void write_users(const std::string& text) const { directory_.write("users", text); }
  // In one instant, as who knows how replaces a file.
  void replace_users(const std::string& text) const {
    directory_.write("users.new", text);
    std::filesystem::rename(users_path() + ".new", users_path());
  }
  [[nodiscard]] std::string users_path() const { return directory_.path() + "/users"; }

  [[nodiscard]] Answer ask(const std::string& path, const std::string& fields = "",
                           const std::string& method = "GET") const {
    TestClient client(server->port());
    return ask(client, path, fields, method);
  }
  [[nodiscard]] static Answer ask(TestClient& client, const std::string& path,
                                  const std::string& fields = "",
                                  const std::string& method = "GET") {
    REQUIRE(client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"));
    const bool no_body = method == "HEAD" || fields.find("If-None-Match") != std::string::npos;
    const auto answer = client.read_answer(no_body);
    REQUIRE(answer);
    return *answer;
  }
  [[nodiscard]] bool comes_to_answer(const std::string& fields, int status) const {
    return LiveServer::eventually([&] { return ask("/vault/a.txt", fields).status == status; });
  }

  [[nodiscard]] std::string log(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(directory_.path() + "/" + name).rdbuf();
    return text.str();
  }
  [[nodiscard]] bool comes_to_say(const std::string& text) const {
    return LiveServer::eventually([&] { return log("errors").find(text) != std::string::npos; });
  }

  [[nodiscard]] const server::DeskCounters& desk() const {
    return *server->server().desk_counters();
  }

 private:
  [[nodiscard]] config::BasicAuth auth(const std::string& file, const std::string& realm) const {
    config::BasicAuth auth;
    auth.users_file = {directory_.path() + "/" + file, {"ouro.jsonc", 3, 5}};
    auth.realm = realm;
    return auth;
  }

  test::TemporaryDirectory directory_;
  core::UniqueFd access_log_;
  core::UniqueFd error_log_;

 public:
  std::unique_ptr<LiveServer> server;
};

// On each engine.
template <typename Body>
void on_engines(Body body) {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    body(engine);
  }
}

const std::string kFile = "/vault/a.txt";
const std::string kChallenge = R"(Basic realm="The \"Vault\"", charset="UTF-8")";

// As many logins that are wrong, each its own, each waiting on a connection of its own.
std::vector<TestClient> flood(const Fixture& fixture, int count) {
  std::vector<TestClient> clients;
  for (int i = 0; i < count; ++i) {
    clients.emplace_back(fixture.server->port());
    CHECK(clients.back().send("GET " + kFile + " HTTP/1.1\r\nHost: x\r\n" +
                              login("anna", "guess " + std::to_string(i)) + "\r\n"));
  }
  return clients;
}

}  // namespace

TEST_CASE("who is in the file gets what is there, all others a challenge") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    CHECK(fixture.ask("/plain").body == "plain");
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
      const Answer answer = fixture.ask(kFile, c.fields);
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
    const Fixture fixture(engine);
    CHECK(fixture.ask("/other/a.txt", login("anna", "another")).body == "other");
    CHECK(fixture.ask("/other/a.txt", login("anna", "secret")).status == 401);
    CHECK(fixture.ask(kFile, login("anna", "another")).status == 401);
    CHECK(fixture.ask("/again/x", login("anna", "secret")).body == "again");
    CHECK(fixture.ask("/again/x").fields.at("www-authenticate") ==
          R"(Basic realm="Again", charset="UTF-8")");
  });
}

TEST_CASE("behind a password HEAD, conditions and ranges are as without") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    TestClient client(fixture.server->port());
    const std::string right = login("anna", "secret");
    const Answer whole = Fixture::ask(client, kFile, right);
    CHECK(whole.body == "0123456789");
    const std::string& tag = whole.fields.at("etag");
    const Answer head = Fixture::ask(client, kFile, right, "HEAD");
    CHECK(head.status == 200);
    CHECK(head.fields.at("content-length") == "10");
    const Answer same = Fixture::ask(client, kFile, right + "If-None-Match: " + tag + "\r\n");
    CHECK(same.status == 304);
    const Answer range = Fixture::ask(client, kFile, right + "Range: bytes=2-4\r\n");
    CHECK(range.status == 206);
    CHECK(range.body == "234");
    CHECK(Fixture::ask(client, "/vault/none", right).status == 404);
    // Nothing of it comes without.
    CHECK(Fixture::ask(client, kFile, "", "HEAD").status == 401);
    CHECK(Fixture::ask(client, kFile, "Range: bytes=2-4\r\n").status == 401);
    CHECK(Fixture::ask(client, "/vault/none").status == 401);
    REQUIRE(
        client.send("GET " + kFile + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + "\r\n\r\n"));
    CHECK(client.read_answer()->status == 401);
  });
}

TEST_CASE("a preflight is answered without a password, what follows is not") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    const std::string origin = "Origin: https://app.test\r\n";
    const Answer preflight =
        fixture.ask(kFile, origin + "Access-Control-Request-Method: GET\r\n", "OPTIONS");
    CHECK(preflight.status == 204);
    CHECK(preflight.fields.at("access-control-allow-origin") == "https://app.test");
    const Answer refused = fixture.ask(kFile, origin);
    CHECK(refused.status == 401);
    CHECK(refused.fields.at("access-control-allow-origin") == "https://app.test");
  });
}

TEST_CASE("the access log has the user, and nothing that a password could be read from") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    static_cast<void>(fixture.ask(kFile, login("anna", "secret")));
    static_cast<void>(fixture.ask(kFile, login("anna", "hunter2")));
    static_cast<void>(fixture.ask(kFile, "Authorization: Basic !!!\r\n"));
    CHECK(LiveServer::eventually(
        [&] { return fixture.log("access").find("\"status\":400") != std::string::npos; }));
    const std::string log = fixture.log("access");
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
    for (const std::string& all : {log, fixture.log("errors")}) {
      for (const std::string& secret :
           {std::string("uthorization"), std::string("secret"), std::string("hunter2"),
            test::base64("anna:secret"), test::base64("anna:hunter2"), std::string("!!!")}) {
        CHECK(all.find(secret) == std::string::npos);
      }
    }
  });
}

TEST_CASE("who is taken out of the file is out within a second, who comes in is in") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine, 2, server::UsersWatch::kPeriod);
    TestClient client(fixture.server->port());
    REQUIRE(Fixture::ask(client, kFile, login("anna", "secret")).status == 200);
    fixture.replace_users(user_line("eve", "new"));
    const core::TimePoint revoked = core::Clock::now();
    core::TimePoint asked = revoked;
    // On the same connection, and with every question a use of what was remembered.
    CHECK(LiveServer::eventually([&] {
      asked = core::Clock::now();
      return Fixture::ask(client, kFile, login("anna", "secret")).status == 401;
    }));
    CHECK(asked - revoked < std::chrono::seconds(1));
    CHECK(fixture.comes_to_say(fixture.users_path() + ": read again: 1 user\n"));
    CHECK(fixture.comes_to_answer(login("eve", "new"), 200));
  });
}

TEST_CASE("a file that is gone or cannot be read lets nobody in, and all again when it is back") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    REQUIRE(fixture.ask(kFile, login("anna", "secret")).status == 200);
    std::filesystem::remove(fixture.users_path());
    CHECK(fixture.comes_to_answer(login("anna", "secret"), 401));
    CHECK(fixture.comes_to_say(fixture.users_path() + " does not exist: nobody gets in by it\n"));
    // The other file is as it was.
    CHECK(fixture.ask("/other/a.txt", login("anna", "another")).status == 200);
    fixture.replace_users(user_line("anna", "secret"));
    CHECK(fixture.comes_to_say(": read again: 1 user\n"));
    CHECK(fixture.comes_to_answer(login("anna", "secret"), 200));
    std::filesystem::remove(fixture.users_path());
    std::filesystem::create_directory(fixture.users_path());
    CHECK(fixture.comes_to_answer(login("anna", "secret"), 401));
    CHECK(fixture.comes_to_say("nobody gets in by it\n"));
    std::filesystem::remove(fixture.users_path());
    fixture.replace_users("");
    CHECK(fixture.comes_to_say(": read again: 0 users\n"));
    CHECK(fixture.ask(kFile, login("anna", "secret")).status == 401);
  });
}

TEST_CASE("of a broken file the good lines count, and the error log names the others") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    fixture.replace_users("# users\nanna\n" + user_line("eve", "new") + "bob:$apr1$x$y\n");
    CHECK(fixture.comes_to_say(fixture.users_path() + ": read again: 1 user\n"));
    CHECK(fixture.comes_to_answer(login("eve", "new"), 200));
    CHECK(fixture.ask(kFile, login("anna", "secret")).status == 401);
    CHECK(fixture.comes_to_say("ouro: " + fixture.users_path() + ":2:1: there is no colon"));
    CHECK(fixture.comes_to_say("ouro: " + fixture.users_path() + ":4:5: the hash of \"bob\" is"));
  });
}

TEST_CASE("a file that is written bit by bit lets nobody in who is not in it") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    const std::string text = user_line("eve", "new") + user_line("anna", "secret");
    std::filesystem::resize_file(fixture.users_path(), 0);
    // Five wrong passwords: from the sixth on the answer is held back.
    for (const std::size_t size : {0U, 10U, 40U, 69U, 100U}) {
      std::ofstream(fixture.users_path(), std::ios::trunc) << text.substr(0, size);
      CHECK(fixture.ask(kFile, login("anna", "new")).status == 401);
    }
    fixture.write_users(text);
    CHECK(fixture.comes_to_say(": read again: 2 users\n"));
    CHECK(fixture.comes_to_answer(login("eve", "new"), 200));
    CHECK(fixture.comes_to_answer(login("anna", "secret"), 200));
  });
}

TEST_CASE("sixty assets over six connections with one password make one hash") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine, 2);
    fixture.replace_users(user_line("eve", "new", 8));  // slow enough for all to wait for it
    REQUIRE(fixture.comes_to_say("read again"));
    REQUIRE(fixture.desk().hashes == 0);
    std::vector<TestClient> browser;
    for (int i = 0; i < 6; ++i) browser.emplace_back(fixture.server->port());
    const std::string request =
        "GET " + kFile + " HTTP/1.1\r\nHost: x\r\n" + login("eve", "new") + "\r\n";
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
    CHECK(fixture.desk().hashes == 1);
  });
}

TEST_CASE("a plain route answers while wrong passwords wait") {
  on_engines([](const core::Engine& engine) {
    const Fixture fixture(engine);
    fixture.replace_users(user_line("anna", "secret", 10));
    REQUIRE(fixture.comes_to_say("read again"));
    TestClient plain(fixture.server->port());
    const auto guessers = flood(fixture, 40);
    REQUIRE(LiveServer::eventually([&] { return fixture.desk().waiting > 10; }));
    for (int i = 0; i < 10; ++i) CHECK(Fixture::ask(plain, "/plain").body == "plain");
    // They were answered in front of all these.
    CHECK(fixture.desk().waiting > 0);
    CHECK(fixture.desk().hashes < 40);
  });
}

TEST_CASE("a server that is stopped during a flood ends without hashing all of it") {
  on_engines([](const core::Engine& engine) {
    Fixture fixture(engine, 2);
    fixture.replace_users(user_line("anna", "secret", 10));
    REQUIRE(fixture.comes_to_say("read again"));
    const auto guessers = flood(fixture, 40);
    REQUIRE(LiveServer::eventually([&] { return fixture.desk().waiting > 10; }));
    fixture.server->server().abort();
    CHECK(fixture.server->server().wait_finished(std::chrono::seconds(10)));
    CHECK(fixture.desk().dropped > 0);
    CHECK(fixture.desk().hashes < 40);
  });
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
  const TestClient client(ouro.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\n" + login("anna", "secret") + "\r\n"));
  CHECK(test::get(ouro.port(), "/")->status == 401);
  ouro.signal(SIGTERM);
  REQUIRE(ouro.says("stopping"));
  ouro.signal(SIGTERM);
  CHECK(ouro.wait() == server::kExitFailed);
  CHECK(ouro.error_output().find("a worker does not come to an end") != std::string::npos);
}
