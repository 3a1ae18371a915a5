// Goal: a gate lets in whom its users file lets in, remembers that for five seconds, asks the desk
// once for each client however many exchanges wait, keeps what is out until it is home, and judges
// it by the users of that moment. Method: an office whose hashes run when the test says so
// (auth_office.h); files change at every point of a request's way.
#include "server/auth/password_gate.h"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "tests/server/auth/auth_office.h"

using namespace auth_test;
using std::chrono::seconds;

namespace {

AuthOffice::Options options(std::size_t gates = 1) {
  return {{1, 1024}, gates, users({user_line("ann", "secret"), user_line("bob", "other")})};
}

}  // namespace

TEST_CASE("users get in with their password, and nobody else does") {
  AuthOffice office({{1, 1024},
                     1,
                     users({user_line("ann", "secret"), user_line("empty", ""),
                            user_line("utf8", "gr\xC3\xBC\xC3\x9F"), user_line("colon", "a:b:"),
                            user_line("long", std::string(72, 'x'))})});
  struct Case {
    std::string user;
    std::string password;
    std::string answer;
  };
  const std::array cases{
      Case{"ann", "secret", "right"},
      Case{"ann", "Secret", "wrong"},
      Case{"ann", "secret ", "wrong"},
      Case{"ann", "", "wrong"},
      Case{"Ann", "secret", "wrong"},
      Case{"", "secret", "wrong"},
      Case{"", "", "wrong"},
      Case{"eve", "secret", "wrong"},
      Case{"empty", "", "right"},
      Case{"empty", " ", "wrong"},
      Case{"utf8", "gr\xC3\xBC\xC3\x9F", "right"},
      Case{"utf8", "gr\xFC\xDF", "wrong"},
      Case{"colon", "a:b:", "right"},
      Case{"colon", "a", "wrong"},
      Case{"long", std::string(72, 'x'), "right"},
      Case{"long", std::string(73, 'x'), "wrong"},
      Case{"ann", std::string("secret\0", 7), "wrong"},
  };
  unsigned from_client = 0;
  for (const Case& c : cases) {
    CAPTURE(c.user);
    CAPTURE(c.password);
    const auto asker = office.ask(c.user, c.password, ++from_client);
    CHECK(office.run_hashes() == 1);
    CHECK(asker->answer() == c.answer);
    CHECK(office.knows(c.user, c.password) == (c.answer == "right"));
  }
}

TEST_CASE("who was right is known for five seconds without a hop") {
  AuthOffice office(options(2));
  CHECK_FALSE(office.knows("ann", "secret"));
  const auto asker = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(office.knows("ann", "secret"));
  CHECK_FALSE(office.knows("ann", "Secret"));
  CHECK_FALSE(office.knows("bob", "secret"));
  CHECK_FALSE(office.knows("ann", "secret", 1));     // another loop's gate
  CHECK_FALSE(office.knows("ann", "secret", 0, 1));  // another file
  CHECK(office.gate().counters().cache_hits == 1);
  CHECK(office.counted().requests == 1);
  office.skip(server::PasswordGate::kSuccessFor - seconds(1));
  CHECK(office.knows("ann", "secret"));
  office.skip(seconds(1));
  CHECK_FALSE(office.knows("ann", "secret"));
  // The desk still knows.
  const auto again = office.ask("ann", "secret");
  office.settle();
  CHECK(again->answer() == "right");
  CHECK(office.counted().hashes == 1);
  CHECK(office.gate().counters().checks == 4);
}

TEST_CASE("exchanges of one client wait for one request") {
  AuthOffice office(options());
  std::vector<std::unique_ptr<Asker>> askers;
  for (int i = 0; i < 60; ++i) askers.push_back(office.ask("ann", "secret"));
  CHECK(office.gate().requests() == 1);
  CHECK(office.run_hashes() == 1);
  for (const auto& asker : askers) CHECK(asker->answer() == "right");
  CHECK(office.counted().requests == 1);
  CHECK(office.gate().counters().joined == 59);
  CHECK(office.gate().idle());
}

TEST_CASE("a waiter may end others and ask again when it is answered") {
  struct Chain final : server::PasswordGate::Waiter {
    std::function<void()> then = [] {};
    int answers = 0;
    void on_answer(const server::PasswordAnswer&) override {
      ++answers;
      then();
    }
  };
  AuthOffice office(options());
  Chain first;
  auto second = std::make_unique<Chain>();
  Chain third;
  std::unique_ptr<Asker> again;
  first.then = [&] {
    second.reset();
    again = office.ask("ann", "wrong");
  };
  for (Chain* waiter : {&first, second.get(), &third}) {
    office.gate().wait_for(0, credentials("ann", "wrong"), client(1), *waiter);
  }
  CHECK(office.run_hashes() == 2);
  CHECK(first.answers == 1);
  CHECK(third.answers == 1);
  REQUIRE(again != nullptr);
  CHECK(again->answer() == "wrong");
}

TEST_CASE("a client that leaves is not called, wherever its request is") {
  struct Case {
    std::string where;
    std::function<void(AuthOffice&)> advance;
    std::size_t hashes;  // that run in spite of it
  };
  const std::array cases{
      Case{"on the way to the desk", [](AuthOffice&) {}, 0},
      Case{"at the desk, in line",
           [](AuthOffice& office) {
             const auto other = office.ask("bob", "other", 2);
             office.desk_loop().turn();
           },
           1},
      Case{"on a worker", [](AuthOffice& office) { office.settle(); }, 1},
      Case{"on the way home",
           [](AuthOffice& office) {
             office.settle();
             REQUIRE(office.workers().try_run_oldest());
             office.desk_loop().turn();
           },
           0},
  };
  for (const Case& c : cases) {
    CAPTURE(c.where);
    AuthOffice office(options());
    auto asker = office.ask("ann", "secret");
    c.advance(office);
    CHECK_FALSE(office.gate().idle());
    asker.reset();
    CHECK_FALSE(office.gate().idle());  // the request is out
    CHECK(office.run_hashes() == c.hashes);
    CHECK(office.gate().idle());
    CHECK(office.desk().idle());
  }
}

TEST_CASE("who comes back before the desk has noticed is answered") {
  AuthOffice office(options());
  auto asker = office.ask("ann", "secret");
  asker.reset();  // noted, and the desk told
  SUBCASE("before the desk has looked") {
    asker = office.ask("ann", "secret");
    CHECK(office.gate().requests() == 1);
  }
  SUBCASE("when the desk has dropped it") {
    office.desk_loop().turn();
    CHECK(office.counted().dropped == 1);
    asker = office.ask("ann", "secret");
    CHECK(office.gate().requests() == 1);
  }
  CHECK(office.run_hashes() == 1);
  CHECK(asker->answer() == "right");
}

TEST_CASE("a success that nobody waits for any more is known all the same") {
  AuthOffice office(options());
  auto asker = office.ask("ann", "secret");
  office.settle();
  asker.reset();
  CHECK(office.run_hashes() == 1);
  CHECK(office.knows("ann", "secret"));
}

TEST_CASE("more requests than a gate keeps are told to come later, at once") {
  AuthOffice office({{1, 8192}, 1, users({user_line("ann", "secret")})});
  std::vector<std::unique_ptr<Asker>> askers;
  for (std::size_t i = 0; i < server::PasswordGate::kRequestsMax; ++i) {
    askers.push_back(office.ask("ann", std::to_string(i), static_cast<unsigned>(i)));
  }
  CHECK(office.gate().requests() == server::PasswordGate::kRequestsMax);
  CHECK(askers.back()->answer().empty());
  const auto refused = office.ask("ann", "secret");
  CHECK(refused->answer() == "busy 1");
  const auto joins = office.ask("ann", "7", 7);
  CHECK(joins->answer().empty());
  CHECK(office.gate().counters().refused == 1);
  CHECK(office.gate().requests() == server::PasswordGate::kRequestsMax);
}

TEST_CASE("the users file changes while a password is being checked") {
  const std::string same = user_line("ann", "secret");
  struct Case {
    std::string change;
    std::shared_ptr<const server::UserTable> after;
    std::string password;
    std::string answer;
    std::size_t hashes;
  };
  const std::string salted = other_line("ann", "secret");
  const std::string changed = user_line("ann", "new");
  const std::array cases{
      Case{"another user was added", users({same, user_line("eve", "x")}), "secret", "right", 1},
      Case{"another user was added", users({same, user_line("eve", "x")}), "new", "wrong", 1},
      Case{"the line was removed", users({}), "secret", "wrong", 1},
      Case{"the line was removed", users({}), "new", "wrong", 1},
      Case{"the file was deleted", nullptr, "secret", "wrong", 1},
      Case{"the password was changed", users({changed}), "secret", "wrong", 2},
      Case{"the password was changed", users({changed}), "new", "right", 2},
      Case{"the same password with another salt", users({salted}), "secret", "right", 2},
      Case{"the same password with another salt", users({salted}), "new", "wrong", 2},
  };
  for (const Case& c : cases) {
    // 0: the request is on its way; 1: the hash runs; 2: the verdict is on its way home.
    for (const int stage : {0, 1, 2}) {
      CAPTURE(c.change);
      CAPTURE(c.password);
      CAPTURE(stage);
      AuthOffice office({{1, 1024}, 1, users({same})});
      const auto asker = office.ask("ann", c.password);
      if (stage > 0) office.settle();
      if (stage > 1) {
        REQUIRE(office.workers().try_run_oldest());
        office.desk_loop().turn();
      }
      office.change_users(c.after);
      office.run_hashes();
      CHECK(asker->answer() == c.answer);
      CHECK(office.counted().hashes == c.hashes);
      CHECK(office.knows("ann", c.password) == (c.answer == "right"));
    }
  }
}

TEST_CASE("a user who is added while a password is being checked gets in") {
  AuthOffice office({{1, 1024}, 1, users({})});
  const auto asker = office.ask("ann", "secret");
  office.settle();
  office.change_users(users({user_line("ann", "secret")}));
  CHECK(office.run_hashes() == 2);
  CHECK(asker->answer() == "right");
}

TEST_CASE("two questions that a change makes one wait for one hash") {
  AuthOffice office({{1, 1024}, 1, users({user_line("ann", "secret")})});
  const auto before = office.ask("ann", "new");
  office.settle();
  office.change_users(users({user_line("ann", "new")}));
  const auto after = office.ask("ann", "new");
  CHECK(office.run_hashes() == 2);
  CHECK(before->answer() == "right");
  CHECK(after->answer() == "right");
}

TEST_CASE("a revoked or changed password is not known a moment longer") {
  for (const bool removed : {true, false}) {
    CAPTURE(removed);
    AuthOffice office(options());
    const auto asker = office.ask("ann", "secret");
    CHECK(office.run_hashes() == 1);
    REQUIRE(office.knows("ann", "secret"));
    office.change_users(removed ? users({}) : users({user_line("ann", "new")}));
    CHECK_FALSE(office.knows("ann", "secret"));
    const auto again = office.ask("ann", "secret");
    CHECK(office.run_hashes() == 1);
    CHECK(again->answer() == "wrong");
  }
}

TEST_CASE("a file that cannot be read lets nobody in, at the cost of a hash, until it is back") {
  AuthOffice office(options());
  office.change_users(nullptr);
  const auto asker = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(asker->answer() == "wrong");
  office.change_users(users({user_line("ann", "secret")}));
  const auto again = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(again->answer() == "right");
}

TEST_CASE("one line in two files is two questions: one file may change without the other") {
  const std::string line = user_line("ann", "secret");
  AuthOffice office({{1, 1024}, 1, users({line})});
  office.gate().use({users({line}), users({line})});
  const auto first = office.ask("ann", "secret", 1, 0, 0);
  const auto second = office.ask("ann", "secret", 1, 0, 1);
  CHECK(office.gate().requests() == 2);
  office.settle();
  office.gate().use({users({}), users({line})});
  CHECK(office.run_hashes() == 2);
  CHECK(first->answer() == "wrong");
  CHECK(second->answer() == "right");
}

TEST_CASE("a change forgets every success, also of those whose lines stay") {
  AuthOffice office(options());
  const auto asker = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  office.change_users(users({user_line("ann", "secret")}));
  CHECK_FALSE(office.knows("ann", "secret"));
  const auto again = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(again->answer() == "right");
}
