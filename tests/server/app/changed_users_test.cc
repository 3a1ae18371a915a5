// Goal: a users' file that changes while the server serves counts within a second, and one that is
// gone, broken or half written lets nobody in who is not in it; the error log says why. Method: a
// real server over sockets, on each engine; its answers and its error log are waited for.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/server/app/password_server.h"

namespace {

using test::kVaultFile;
using test::LiveServer;
using test::login;
using test::on_engines;
using test::PasswordServer;
using test::TestClient;
using test::user_line;

}  // namespace

TEST_CASE("who is taken out of the file is out within a second, who comes in is in") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine, {.loops = 2, .users_period = server::UsersWatch::kPeriod});
    TestClient client(server.live->port());
    REQUIRE(PasswordServer::ask(client, kVaultFile, login("anna", "secret")).status == 200);
    server.replace_users(user_line("eve", "new"));
    const core::TimePoint revoked = core::Clock::now();
    core::TimePoint asked = revoked;
    // On the same connection, and with every question a use of what was remembered.
    CHECK(LiveServer::eventually([&] {
      asked = core::Clock::now();
      return PasswordServer::ask(client, kVaultFile, login("anna", "secret")).status == 401;
    }));
    CHECK(asked - revoked < std::chrono::seconds(1));
    CHECK(server.comes_to_say(server.users_path() + ": read again: 1 user\n"));
    CHECK(server.comes_to_answer(login("eve", "new"), 200));
  });
}

TEST_CASE("a file that is gone or cannot be read lets nobody in, and all again when it is back") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    REQUIRE(server.ask(kVaultFile, login("anna", "secret")).status == 200);
    std::filesystem::remove(server.users_path());
    CHECK(server.comes_to_answer(login("anna", "secret"), 401));
    CHECK(server.comes_to_say(server.users_path() + " does not exist: nobody gets in by it\n"));
    // The other file is as it was.
    CHECK(server.ask("/other/a.txt", login("anna", "another")).status == 200);
    server.replace_users(user_line("anna", "secret"));
    CHECK(server.comes_to_say(": read again: 1 user\n"));
    CHECK(server.comes_to_answer(login("anna", "secret"), 200));
    std::filesystem::remove(server.users_path());
    std::filesystem::create_directory(server.users_path());
    CHECK(server.comes_to_answer(login("anna", "secret"), 401));
    CHECK(server.comes_to_say("nobody gets in by it\n"));
    std::filesystem::remove(server.users_path());
    server.replace_users("");
    CHECK(server.comes_to_say(": read again: 0 users\n"));
    CHECK(server.ask(kVaultFile, login("anna", "secret")).status == 401);
  });
}

TEST_CASE("of a broken file the good lines count, and the error log names the others") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    server.replace_users("# users\nanna\n" + user_line("eve", "new") + "bob:$apr1$x$y\n");
    CHECK(server.comes_to_say(server.users_path() + ": read again: 1 user\n"));
    CHECK(server.comes_to_answer(login("eve", "new"), 200));
    CHECK(server.ask(kVaultFile, login("anna", "secret")).status == 401);
    CHECK(server.comes_to_say("ouro: " + server.users_path() + ":2:1: there is no colon"));
    CHECK(server.comes_to_say("ouro: " + server.users_path() + ":4:5: the hash of \"bob\" is"));
  });
}

TEST_CASE("a file that is written bit by bit lets nobody in who is not in it") {
  on_engines([](const core::Engine& engine) {
    const PasswordServer server(engine);
    const std::string text = user_line("eve", "new") + user_line("anna", "secret");
    std::filesystem::resize_file(server.users_path(), 0);
    // Five wrong passwords: from the sixth on the answer is held back.
    for (const std::size_t size : {0U, 10U, 40U, 69U, 100U}) {
      std::ofstream(server.users_path(), std::ios::trunc) << text.substr(0, size);
      CHECK(server.ask(kVaultFile, login("anna", "new")).status == 401);
    }
    server.write_users(text);
    CHECK(server.comes_to_say(": read again: 2 users\n"));
    CHECK(server.comes_to_answer(login("eve", "new"), 200));
    CHECK(server.comes_to_answer(login("anna", "secret"), 200));
  });
}
