// Goal: a changed file is taken once it rests and is whole, or after one look more; what happened
// is said once; nothing is said of a file that does not change. Method: a watch over files of the
// test, its callbacks noted with their times. The rest is seen over sockets in passwords_test.cc.

#include "server/app/users_watch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/server/app/basic_credentials.h"
#include "tests/server/app/live_server.h"
#include "tests/server/app/temporary_directory.h"

namespace {

using std::chrono::milliseconds;
using test::user_line;

// A watch over two files, and what it did.
class Fixture {
 public:
  explicit Fixture(core::Duration period) {
    for (const std::string name : {"a", "b"}) {
      config::Route route;
      route.action = config::Respond{};
      route.filters.basic_auth = config::BasicAuth{};
      route.filters.basic_auth->users_file.path = directory.write(name, user_line("anna", "x"));
      config_.sites.push_back({{name}, {route}});
    }
    const auto users = server::load_users(config_);
    REQUIRE(users);
    watch_ = std::make_unique<server::UsersWatch>(
        config_, *users,
        server::UsersWatch::Callbacks{[this](const server::UserTables& tables) {
                                        const std::lock_guard lock(mutex_);
                                        tables_ = tables;
                                        replaced_ = core::Clock::now();
                                      },
                                      [this](const std::string& message) {
                                        const std::lock_guard lock(mutex_);
                                        said_ += message + "\n";
                                      }},
        period);
  }
  ~Fixture() { CHECK(watch_->stop(std::chrono::seconds(10))); }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  [[nodiscard]] bool comes_to_say(const std::string& text) {
    return test::LiveServer::eventually([&] { return said().find(text) != std::string::npos; });
  }
  [[nodiscard]] std::string said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }
  [[nodiscard]] server::UserTables tables() {
    const std::lock_guard lock(mutex_);
    return tables_;
  }
  [[nodiscard]] core::TimePoint replaced() {
    const std::lock_guard lock(mutex_);
    return replaced_;
  }

  const test::TemporaryDirectory directory;

 private:
  config::Config config_;
  std::mutex mutex_;
  server::UserTables tables_;
  core::TimePoint replaced_;
  std::string said_;
  std::unique_ptr<server::UsersWatch> watch_;
};

}  // namespace

// Looks begin a period after the end of the one before: each look that a change waits for is seen
// in the time from one change that was taken to the next.
TEST_CASE("a file is taken when it rests, the other stays as it is") {
  constexpr milliseconds kPeriod{50};
  Fixture fixture(kPeriod);
  fixture.directory.write("b", "");
  REQUIRE(fixture.comes_to_say("/b: read again: 0 users\n"));
  const core::TimePoint before = fixture.replaced();
  fixture.directory.write("b", user_line("eve", "x") + user_line("bob", "x"));
  REQUIRE(fixture.comes_to_say("/b: read again: 2 users\n"));
  CHECK(fixture.replaced() - before >= 2 * kPeriod);
  const auto tables = fixture.tables();
  CHECK(tables[0]->find("anna") != nullptr);
  CHECK(tables[1]->find("anna") == nullptr);
  CHECK(tables[1]->find("eve") != nullptr);
  CHECK(fixture.said().find("/a") == std::string::npos);
}

TEST_CASE("one whose last line has no end is looked at once more") {
  constexpr milliseconds kPeriod{50};
  Fixture fixture(kPeriod);
  fixture.directory.write("a", "");
  REQUIRE(fixture.comes_to_say("/a: read again: 0 users\n"));
  const core::TimePoint before = fixture.replaced();
  std::string line = user_line("eve", "x");
  line.pop_back();
  fixture.directory.write("a", line);
  REQUIRE(fixture.comes_to_say("/a: read again: 1 user\n"));
  CHECK(fixture.replaced() - before >= 3 * kPeriod);
  CHECK(fixture.tables()[0]->find("eve") != nullptr);
}

TEST_CASE("one that never rests is taken all the same") {
  Fixture fixture(milliseconds(10));
  std::atomic<bool> stop{false};
  const std::string path = fixture.directory.write("a", user_line("eve", "x"));
  std::thread writer([&] {
    while (!stop) std::ofstream(path, std::ios::app) << "#\n" << std::flush;
  });
  CHECK(fixture.comes_to_say("/a: read again: 1 user\n"));
  CHECK(fixture.tables().at(0)->find("anna") == nullptr);
  stop = true;
  writer.join();
}

TEST_CASE("a file that is gone, and one that is back") {
  Fixture fixture(milliseconds(1));
  const std::string path = fixture.directory.path() + "/a";
  std::filesystem::remove(path);
  REQUIRE(fixture.comes_to_say(path + " does not exist: nobody gets in by it\n"));
  CHECK(fixture.tables().at(0) == nullptr);
  CHECK(fixture.tables().at(1) != nullptr);
  std::filesystem::rename(fixture.directory.write("new", user_line("eve", "x")), path);
  REQUIRE(fixture.comes_to_say("/a: read again: 1 user\n"));
  CHECK(fixture.tables().at(0)->find("eve") != nullptr);
  // Each of them once.
  CHECK(fixture.said() ==
        path + " does not exist: nobody gets in by it\n" + path + ": read again: 1 user\n");
}

TEST_CASE("a thousand broken lines do not fill the log") {
  Fixture fixture(milliseconds(1));
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "anna\n";
  const std::string path = fixture.directory.path() + "/a";
  std::filesystem::rename(fixture.directory.write("new", text), path);
  REQUIRE(fixture.comes_to_say("/a: read again: 0 users\n"));
  const std::string said = fixture.said();
  CHECK(said.find(path + ":20:1: ") != std::string::npos);
  CHECK(said.find(path + ":21:1: ") == std::string::npos);
  CHECK(said.find(path + ": 980 more mistakes\n") != std::string::npos);
}

TEST_CASE("a table that nobody uses any more is freed") {
  Fixture fixture(milliseconds(1));
  const std::string path = fixture.directory.path() + "/a";
  std::filesystem::rename(fixture.directory.write("new", user_line("eve", "x")), path);
  REQUIRE(fixture.comes_to_say("/a: read again: 1 user\n"));
  const std::weak_ptr<const server::UserTable> old = fixture.tables().at(0);
  CHECK(!old.expired());
  std::filesystem::rename(fixture.directory.write("new", ""), path);
  REQUIRE(fixture.comes_to_say("/a: read again: 0 users\n"));
  CHECK(test::LiveServer::eventually([&old] { return old.expired(); }));
}
