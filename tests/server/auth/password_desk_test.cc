// Goal: the desk runs one hash for equal questions, clients in turn, never more jobs than threads,
// refuses what is beyond its bounds, and holds back wrong answers of those who were wrong often and
// of nobody else. Method: an office whose hashes run when the test says so (auth_office.h). Gates
// are real, and not what is looked at here.
#include "server/auth/password_desk.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/server/auth/auth_office.h"

using namespace auth_test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Askers = std::vector<std::unique_ptr<Asker>>;

namespace {

AuthOffice::Options options(std::size_t threads, std::size_t queue_max, std::size_t gates = 1) {
  return {
      {threads, queue_max},
      gates,
      users({user_line("ann", "secret"), user_line("bob", "other"), user_line("cy", "secret")})};
}

std::size_t count(const Askers& askers, const std::string& answer) {
  std::size_t count = 0;
  for (const auto& asker : askers) count += asker->answer() == answer ? 1 : 0;
  return count;
}

// `count` guesses of one client, each another.
Askers guess(AuthOffice& office, std::size_t count, unsigned from_client, std::size_t first = 0) {
  Askers askers;
  for (std::size_t i = first; i < first + count; ++i) {
    askers.push_back(office.ask("ann", "guess " + std::to_string(i), from_client));
  }
  office.settle();
  return askers;
}

}  // namespace

TEST_CASE("sixty exchanges of one user on two gates make one hash") {
  AuthOffice office(options(4, 1024, 2));
  Askers askers;
  for (unsigned i = 0; i < 60; ++i) {
    askers.push_back(office.ask("ann", "secret", 1 + i % 3, i % 2));
  }
  CHECK(office.run_hashes() == 1);
  CHECK(count(askers, "right") == 60);
  CHECK(office.counted().hashes == 1);
  CHECK(office.counted().requests == 6);  // three clients on each of two gates
  CHECK(office.counted().joined == 5);
  CHECK(office.counted().failures == 0);
}

TEST_CASE("who comes while the hash runs waits for it, too") {
  AuthOffice office(options(1, 1024, 2));
  const auto early = office.ask("ann", "secret", 1, 0);
  office.settle();
  REQUIRE(office.workers().held() == 1);
  const auto late = office.ask("ann", "secret", 1, 1);
  CHECK(office.run_hashes() == 1);
  CHECK(early->answer() == "right");
  CHECK(late->answer() == "right");
}

TEST_CASE("no right password in flight lets anybody in who has another") {
  AuthOffice office(options(4, 1024, 2));
  const auto right = office.ask("ann", "secret", 1, 0);
  const auto wrong_user = office.ask("bob", "secret", 1, 1);
  const auto wrong_password = office.ask("ann", "Secret", 1, 1);
  const auto no_user = office.ask("eve", "secret", 1, 1);
  const auto other_file = office.ask("ann", "secret", 1, 1, 1);
  const auto same_hash = office.ask("cy", "secret", 1, 1);  // its line is ann's
  CHECK(office.run_hashes() == 6);
  CHECK(right->answer() == "right");
  CHECK(wrong_user->answer() == "wrong");
  CHECK(wrong_password->answer() == "wrong");
  CHECK(no_user->answer() == "wrong");
  CHECK(other_file->answer() == "wrong");
  CHECK(same_hash->answer() == "right");
  CHECK(office.counted().failures == 4);
}

TEST_CASE("one user with two passwords makes two hashes") {
  AuthOffice office(options(4, 1024));
  const auto wrong = office.ask("ann", "wrong");
  const auto right = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 2);
  CHECK(wrong->answer() == "wrong");
  CHECK(right->answer() == "right");
}

TEST_CASE("as many jobs are out as there are threads, no more") {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    AuthOffice office(options(threads, 1024));
    const Askers askers = guess(office, 7, 1);
    CHECK(office.workers().held() == threads);
    CHECK(office.counted().waiting == 7 - threads);
    office.run_hash();
    CHECK(office.workers().held() == std::min<std::size_t>(threads, 6));
    office.run_hashes();
    CHECK(office.counted().hashes == 7);
    CHECK(office.counted().waiting == 0);
  }
}

TEST_CASE("behind a thousand guesses of one client another's login is the next") {
  AuthOffice office(options(1, 4000));
  {
    const Askers flood = guess(office, 1000, 1);
    office.run_hash();
    const auto login = office.ask("bob", "other", 2);
    office.run_hash();  // was out already
    CHECK(login->answer().empty());
    office.run_hash();
    CHECK(login->answer() == "right");
    CHECK(count(flood, "wrong") == 2);
  }
  CHECK(office.run_hashes() == 1);  // nobody waits for the others
  CHECK(office.counted().dropped == 997);
}

TEST_CASE("who asks what waits far behind in another's line is served in its own") {
  AuthOffice office(options(1, 4000));
  const Askers flood = guess(office, 100, 1);
  const auto found = office.ask("ann", "secret", 1);  // the flood's last guess is right
  const auto login = office.ask("ann", "secret", 2);
  office.run_hash();
  office.run_hash();
  office.run_hash();
  CHECK(login->answer() == "right");
  CHECK(found->answer() == "right");
  CHECK(office.run_hashes() == 98);
}

TEST_CASE("one client gets a quarter of the places, all together get all") {
  AuthOffice office(options(1, 8));
  std::vector<Askers> clients;
  for (unsigned i = 1; i <= 4; ++i) clients.push_back(guess(office, 4, i, 100 * i));
  // The first client has one that runs and two that wait, the others two that wait.
  CHECK(count(clients[0], "busy 1") == 1);
  for (std::size_t i = 1; i < 4; ++i) CHECK(count(clients[i], "busy 1") == 2);
  CHECK(office.counted().waiting == 8);
  const auto fifth = office.ask("ann", "secret", 5);
  office.settle();
  CHECK(fifth->answer() == "busy 1");
  CHECK(office.counted().refused == 8);
  office.run_hash();
  const auto again = office.ask("ann", "secret", 5);
  CHECK(office.run_hashes() == 9);
  CHECK(again->answer() == "right");
}

TEST_CASE("what was right is known for five minutes, also to other gates") {
  AuthOffice office(options(1, 8, 2));
  const auto first = office.ask("ann", "secret", 1, 0);
  CHECK(office.run_hashes() == 1);
  office.skip(server::PasswordDesk::kSuccessFor - seconds(1));
  const auto other_gate = office.ask("ann", "secret", 2, 1);
  CHECK(office.run_hashes() == 0);
  CHECK(other_gate->answer() == "right");
  CHECK(office.counted().cache_hits == 1);
  office.skip(seconds(1));
  const auto later = office.ask("ann", "secret", 2, 0);
  CHECK(office.run_hashes() == 1);
  CHECK(later->answer() == "right");
}

TEST_CASE("a wrong password is not remembered: it is hashed again") {
  AuthOffice office(options(1, 8));
  const auto first = office.ask("ann", "wrong");
  CHECK(office.run_hashes() == 1);
  const auto second = office.ask("ann", "wrong");
  CHECK(office.run_hashes() == 1);
  CHECK(second->answer() == "wrong");
}

TEST_CASE("successes are forgotten when a file changes") {
  AuthOffice office(options(1, 8));
  const auto first = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  office.desk().forget_successes();
  office.desk().forget_successes();
  office.skip(server::PasswordGate::kSuccessFor);
  const auto second = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(second->answer() == "right");
}

TEST_CASE("wrong answers come later and later to who was wrong five times; right ones never do") {
  AuthOffice office(options(4, 1024));
  const Askers free = guess(office, 5, 1);
  office.run_hashes();
  CHECK(count(free, "wrong") == 5);
  const auto sixth = office.ask("ann", "a", 1);
  office.run_hashes();
  const auto seventh = office.ask("ann", "b", 1);
  office.run_hashes();
  const auto other_client = office.ask("ann", "c", 2);
  const auto right = office.ask("ann", "secret", 1);
  CHECK(office.run_hashes() == 2);
  CHECK(office.workers().held() == 0);  // no worker waits
  CHECK(sixth->answer().empty());
  CHECK(seventh->answer().empty());
  CHECK(other_client->answer() == "wrong");
  CHECK(right->answer() == "right");
  CHECK(office.counted().slowed == 2);
  office.skip(milliseconds(200));
  CHECK(sixth->answer().empty());
  office.skip(milliseconds(50));
  CHECK(sixth->answer() == "wrong");
  CHECK(seventh->answer().empty());
  office.skip(milliseconds(250));
  CHECK(seventh->answer() == "wrong");
}

TEST_CASE("a later answer that is due earlier is not held by the first one's timer") {
  AuthOffice office(options(1, 1024));
  const Askers first = guess(office, 10, 1);
  office.run_hashes();
  CHECK(count(first, "wrong") == 5);  // the tenth comes in four seconds
  const Askers second = guess(office, 6, 2);
  office.run_hashes();
  CHECK(count(second, "wrong") == 5);
  office.skip(milliseconds(250));
  CHECK(count(second, "wrong") == 6);
  CHECK(count(first, "wrong") == 6);
  office.skip(seconds(4));
  CHECK(count(first, "wrong") == 10);
}

TEST_CASE("an answer that is held comes home at once when nobody waits for it") {
  AuthOffice office(options(1, 1024));
  Askers askers = guess(office, 8, 1);
  office.run_hashes();
  CHECK(count(askers, "wrong") == 5);
  CHECK(office.gate().requests() == 3);
  askers.erase(askers.begin() + 6);
  office.settle();
  CHECK(office.gate().requests() == 2);
  office.skip(milliseconds(250));
  CHECK(count(askers, "wrong") == 6);
  askers.clear();
  office.settle();
  CHECK(office.gate().idle());
  CHECK(office.desk().idle());
}

TEST_CASE("a client that leaves before it is told has been wrong all the same") {
  AuthOffice office(options(5, 1024));
  for (std::size_t i = 0; i < 5; ++i) {
    const Askers gone = guess(office, 1, 1, i);  // its hash runs
  }
  CHECK(office.run_hashes() == 5);
  CHECK(office.counted().failures == 5);
  const Askers sixth = guess(office, 1, 1, 6);
  office.run_hashes();
  CHECK(sixth[0]->answer().empty());
}

TEST_CASE("who leaves while it waits costs no hash, and its place is free at once") {
  AuthOffice office(options(1, 4));
  const auto running = office.ask("ann", "x", 1);
  auto waiting = office.ask("ann", "y", 1);
  office.settle();
  const auto refused = office.ask("ann", "z", 1);
  office.settle();
  CHECK(refused->answer() == "busy 1");
  waiting.reset();
  office.settle();
  CHECK(office.counted().dropped == 1);
  CHECK(office.counted().waiting == 0);
  const auto next = office.ask("ann", "z", 1);
  CHECK(office.run_hashes() == 2);
  CHECK(next->answer() == "wrong");
}

TEST_CASE("one of two who ask the same leaves: the other gets its answer") {
  for (const bool first_leaves : {true, false}) {
    CAPTURE(first_leaves);
    AuthOffice office(options(1, 8));
    const auto running = office.ask("ann", "x", 3);
    auto one = office.ask("ann", "secret", 1);
    auto other = office.ask("ann", "secret", 2);
    office.settle();
    (first_leaves ? one : other).reset();
    CHECK(office.run_hashes() == 2);
    CHECK((first_leaves ? other : one)->answer() == "right");
  }
}

TEST_CASE("who is refused before the first hash hears what was estimated") {
  AuthOffice office({{2, 8, seconds(10)}, 1, users({user_line("ann", "secret")})});
  std::vector<Askers> clients;
  for (unsigned i = 1; i <= 4; ++i) clients.push_back(guess(office, 4, i, 100 * i));
  CHECK(office.counted().waiting == 8);
  const auto refused = office.ask("ann", "secret", 5);
  office.settle();
  CHECK(refused->answer() == "busy 40");  // 8 that take 10 s, two at a time
  office.run_hash();
  const Askers next = guess(office, 4, 6);
  CHECK(next.back()->answer() == "busy 1");
}

TEST_CASE("who is refused hears how long those who wait will take") {
  // 400 hashes of some 50 ms, of which one is run.
  const std::string line = "ann:" + core::PasswordHasher().hash("secret", 10);
  AuthOffice office({{1, 400}, 1, users({line})});
  const auto first = office.ask("ann", "secret", 1);
  office.run_hash();
  REQUIRE(first->answer() == "right");
  std::vector<Askers> clients;
  for (unsigned i = 1; i <= 5; ++i) clients.push_back(guess(office, 100, i, 1000 * i));
  const std::string answer = clients.back().back()->answer();
  REQUIRE(answer.starts_with("busy "));
  CHECK(std::stoi(answer.substr(5)) > 1);
  // None but the one that is out is run after they have left.
}

TEST_CASE("a hash that fails lets nobody in and is nobody's wrong guess") {
  AuthOffice office(options(1, 1024));
  for (const char* password : {"secret", "wrong"}) {
    const auto asker = office.ask("ann", password);
    office.settle();
    office.workers().fails_next = true;
    office.run_hash();
    CHECK(asker->answer() == "failed");
    CHECK_FALSE(office.knows("ann", password));
  }
  CHECK(office.counted().refused == 0);
  CHECK(office.counted().hashes == 0);
  CHECK(office.counted().failures == 0);
  const auto again = office.ask("ann", "secret");
  CHECK(office.run_hashes() == 1);
  CHECK(again->answer() == "right");
}
