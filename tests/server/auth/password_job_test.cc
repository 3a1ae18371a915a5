// Goal: a job says whether a password is the one of a hash, and how long that took; run again it
// says so of the next. Method: performed by hand, with cheap bcrypt hashes and an inbox of the
// test's.
#include "server/auth/password_job.h"

#include <doctest/doctest.h>

#include <string>

#include "core/io/inbox.h"

using server::PasswordJob;

namespace {

struct Home {
  void on_finished(PasswordJob& job) { finished = &job; }
  PasswordJob* finished = nullptr;
  core::Inbox inbox;
};

core::PasswordHash hash_of(const std::string& password) {
  auto hash = core::read_password_hash(core::PasswordHasher().hash(password, 4));
  REQUIRE(hash.has_value());
  return *hash;
}

}  // namespace

TEST_CASE("its time is also that in which it waited for a worker") {
  Home home;
  PasswordJob job(PasswordJob::OnFinished::to<&Home::on_finished>(home));
  job.set_home(home.inbox);
  const core::PasswordHash hash = hash_of("secret");
  job.prepare({}, "secret", hash);
  const core::TimePoint prepared = core::Clock::now();
  while (core::Clock::now() - prepared < std::chrono::milliseconds(20)) {
  }
  job.perform();
  CHECK((job.time() >= std::chrono::milliseconds(20)));
}

TEST_CASE("a job tells right from wrong, one after the other") {
  Home home;
  PasswordJob job(PasswordJob::OnFinished::to<&Home::on_finished>(home));
  job.set_home(home.inbox);
  const core::PasswordHash hash = hash_of("secret");
  struct Case {
    std::string password;
    PasswordJob::Outcome outcome;
  };
  const std::array cases{
      Case{"secret", PasswordJob::Outcome::kRight},
      Case{"Secret", PasswordJob::Outcome::kWrong},
      Case{"secret", PasswordJob::Outcome::kRight},
      Case{"", PasswordJob::Outcome::kWrong},
      Case{std::string(73, 'x'), PasswordJob::Outcome::kWrong},
  };
  core::Digest key{};
  for (const Case& c : cases) {
    CAPTURE(c.password);
    ++key[0];
    home.finished = nullptr;
    job.prepare(key, c.password, hash);
    CHECK((job.outcome() == PasswordJob::Outcome::kNotRun));
    job.perform();
    CHECK(home.finished == nullptr);
    job.deliver();
    home.inbox.drain();
    REQUIRE(home.finished == &job);
    CHECK((job.outcome() == c.outcome));
    CHECK((job.time() > core::Duration::zero()));
    CHECK(job.key() == key);
  }
}

TEST_CASE("a job that was not run has no outcome, least of all that of the one before") {
  Home home;
  PasswordJob job(PasswordJob::OnFinished::to<&Home::on_finished>(home));
  job.set_home(home.inbox);
  const core::PasswordHash hash = hash_of("secret");
  job.prepare({}, "secret", hash);
  job.perform();
  job.deliver();
  home.inbox.drain();
  REQUIRE((job.outcome() == PasswordJob::Outcome::kRight));
  home.finished = nullptr;
  job.prepare({}, "secret", hash);
  job.deliver();  // as a lane does that is being stopped
  home.inbox.drain();
  REQUIRE(home.finished == &job);
  CHECK((job.outcome() == PasswordJob::Outcome::kNotRun));
  CHECK((job.time() == core::Duration::zero()));
}
