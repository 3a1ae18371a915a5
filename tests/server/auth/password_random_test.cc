// Goal: whatever happens in whatever order (clients that leave while they wait or while their
// password is hashed, full queues, users files that change on one loop before the other, messages
// that are late), nobody gets in whose password is not the one of the file as his loop knows it at
// that moment, nobody is kept out who has it, everybody is answered once, and everything comes
// home. Method: random lives of an office whose loops are turned one at a time (auth_office.h),
// beside a model that knows who may get in. The seed is printed.
#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/server/auth/auth_office.h"

using namespace auth_test;

namespace {

constexpr std::size_t kGates = 2;
constexpr std::size_t kThreads = 2;
constexpr std::size_t kQueueMax = 12;
constexpr unsigned kLives = 15;
constexpr int kSteps = 400;
const std::array<std::string, 3> kUsers{"ann", "bob", "eve"};
const std::array<std::string, 3> kPasswords{"a", "b", "c"};

struct Tally {
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::size_t busy = 0;
  std::size_t left = 0;
  std::size_t at_once = 0;
  std::size_t dropped = 0;
  std::size_t joined = 0;
  std::size_t slowed = 0;
};

// The password of each user, "" for one who is not there.
using Passwords = std::array<std::string, kUsers.size()>;

struct Someone final : server::PasswordGate::Waiter {
  Someone(const Passwords& in_force, std::size_t its_user, std::size_t its_password, Tally& counts)
      : passwords(in_force), user(its_user), password(its_password), tally(counts) {}

  void on_answer(const server::PasswordAnswer& answer) override {
    ++answers;
    const bool may_enter = passwords[user] == kPasswords[password];
    switch (answer.kind) {
      case server::PasswordAnswer::Kind::kRight:
        ++tally.right;
        CHECK(may_enter);
        return;
      case server::PasswordAnswer::Kind::kWrong:
        ++tally.wrong;
        CHECK_FALSE(may_enter);
        return;
      case server::PasswordAnswer::Kind::kBusy:
        ++tally.busy;
        CHECK(answer.retry_after.count() >= 1);
        return;
      case server::PasswordAnswer::Kind::kFailed:
        FAIL_CHECK("no job has failed");
        return;
    }
  }

  const Passwords& passwords;  // as its loop knows them
  const std::size_t user;
  const std::size_t password;
  Tally& tally;
  int answers = 0;
};

class Life {
 public:
  Life(unsigned seed, Tally& tally) : random_(seed), tally_(tally) {}

  void live() {
    for (int i = 0; i < kSteps; ++i) {
      step();
      CHECK(office_.workers().held() <= kThreads);
      CHECK(office_.counted().waiting <= kQueueMax);
    }
    // An answer that was held back may meet a file that has changed, and is asked for again.
    for (int i = 0; i < 3; ++i) {
      office_.run_hashes();
      office_.skip(std::chrono::seconds(10));
    }
    for (const auto& someone : waiting_) CHECK(someone->answers == 1);
    tally_.dropped += office_.counted().dropped;
    tally_.joined += office_.counted().joined;
    tally_.slowed += office_.counted().slowed;
  }

 private:
  [[nodiscard]] std::size_t below(std::size_t size) { return random_() % size; }

  void step() {
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
        return ask();
      case 3:
        return leave();
      case 4:
        if (below(8) == 0) change_file();
        return;
      case 5:
        static_cast<void>(office_.workers().try_run_oldest());
        return;
      case 6:
        if (below(8) == 0) office_.skip(std::chrono::milliseconds(100 * below(100)));
        return;
      case 7:
        return office_.desk_loop().turn();
      default:
        return office_.loop(below(kGates)).turn();
    }
  }

  void ask() {
    const std::size_t gate = below(kGates);
    const std::size_t user = below(kUsers.size());
    const std::size_t password = below(kPasswords.size());
    if (office_.knows(kUsers[user], kPasswords[password], gate)) {
      ++tally_.at_once;
      CHECK(passwords_[gate][user] == kPasswords[password]);
      return;
    }
    waiting_.push_back(std::make_unique<Someone>(passwords_[gate], user, password, tally_));
    office_.gate(gate).wait_for(0, credentials(kUsers[user], kPasswords[password]),
                                client(static_cast<unsigned>(below(3))), *waiting_.back());
  }

  void leave() {
    if (waiting_.empty()) return;
    const std::size_t who = below(waiting_.size());
    CHECK(waiting_[who]->answers <= 1);
    if (waiting_[who]->answers == 0) ++tally_.left;
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(who));
  }

  // On one loop; the other has the old one for a while.
  void change_file() {
    const std::size_t gate = below(kGates);
    std::shared_ptr<const server::UserTable> table;
    passwords_[gate] = {};
    if (below(10) > 0) {
      std::string text;
      for (std::size_t i = 0; i < kUsers.size(); ++i) {
        if (below(4) == 0) continue;
        passwords_[gate][i] = kPasswords[below(kPasswords.size())];
        text += user_line(kUsers[i], passwords_[gate][i]) + "\n";
      }
      table = users({text});
    }
    office_.gate(gate).use({table, users({})});
    if (below(2) == 0) office_.desk().forget_successes();
  }

  std::mt19937 random_;
  Tally& tally_;
  std::array<Passwords, kGates> passwords_{{{"a", "b", ""}, {"a", "b", ""}}};
  AuthOffice office_{
      {{kThreads, kQueueMax}, kGates, users({user_line("ann", "a"), user_line("bob", "b")})}};
  std::vector<std::unique_ptr<Someone>> waiting_;
};

}  // namespace

TEST_CASE("whatever happens, only who has the password gets in, and everything comes home") {
  const unsigned seed = std::random_device()();
  CAPTURE(seed);
  Tally tally;
  for (unsigned i = 0; i < kLives; ++i) {
    CAPTURE(i);
    Life life(seed + i, tally);
    life.live();
  }
  // Everything did happen.
  CHECK(tally.right > 0);
  CHECK(tally.wrong > 0);
  CHECK(tally.busy > 0);
  CHECK(tally.left > 0);
  CHECK(tally.at_once > 0);
  CHECK(tally.dropped > 0);
  CHECK(tally.joined > 0);
  CHECK(tally.slowed > 0);
}
