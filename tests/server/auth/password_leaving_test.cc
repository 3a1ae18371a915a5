// Goal: clients that leave take nothing from those who stay, and gain nothing by it: their places
// are free again whenever they go, and leaving does not spare them what is held back. Method: an
// office whose hashes run when the test says so (auth_office.h); what is out is followed step by
// step. More of it is in password_desk_test.cc and password_gate_test.cc.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/server/auth/auth_office.h"

using namespace auth_test;
using std::chrono::milliseconds;

namespace {

AuthOffice::Options options() { return {{1, 1024}, 1, users({user_line("ann", "secret")})}; }

// The next wrong answer to client 1 will be held back.
void fail_five_times(AuthOffice& office) {
  for (int i = 0; i < 5; ++i) {
    const auto asker = office.ask("ann", "wrong " + std::to_string(i));
    office.run_hash();
    REQUIRE(asker->answer() == "wrong");
  }
}

}  // namespace

TEST_CASE("who leaves while the desk's answer to an earlier leaving is on its way is noticed too") {
  AuthOffice office(options());
  const auto running = office.ask("ann", "a", 2);
  auto first = office.ask("ann", "b");
  auto second = office.ask("ann", "c");
  office.settle();
  CHECK(office.counted().waiting == 2);
  first.reset();
  office.desk_loop().turn();
  CHECK(office.counted().waiting == 1);
  second.reset();
  office.settle();
  CHECK(office.counted().waiting == 0);
  CHECK(office.counted().dropped == 2);
  CHECK(office.gate().requests() == 1);
}

TEST_CASE("nothing is held back for who has left while its password was hashed") {
  AuthOffice office(options());
  fail_five_times(office);
  auto asker = office.ask("ann", "wrong");
  office.settle();
  asker.reset();
  office.run_hash();
  CHECK(office.gate().idle());
  CHECK(office.desk().idle());
  CHECK(office.counted().slowed == 0);
}

TEST_CASE("who leaves and comes back with the same guess is held back like who has stayed") {
  AuthOffice office(options());
  fail_five_times(office);
  auto asker = office.ask("ann", "wrong");
  office.settle();
  asker.reset();
  asker = office.ask("ann", "wrong");
  CHECK(office.run_hashes() == 1);
  CHECK(asker->answer().empty());
  office.skip(milliseconds(250));
  CHECK(asker->answer() == "wrong");
}
