#include "tests/simulation/password_watch.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "server/auth/password_desk.h"

namespace simulation {

using Outcome = server::PasswordJob::Outcome;

namespace {

// A hash is one user's in one realm (UsersFiles). Those that stand in for somebody who is not there
// may be several people's, of whom nothing but the desk's key knows which one it is.
std::string question_of(const server::PasswordJob& job) {
  const std::string& hash = job.hash().text;
  if (!hash.ends_with('*')) return std::string(job.password()) + "\n" + hash;
  return std::string(job.key().begin(), job.key().end());
}

}  // namespace

void PasswordWatch::on_submitted(const server::PasswordJob& job, core::TimePoint now) {
  INVARIANT(out_.size() < threads_);
  const std::string question = question_of(job);
  INVARIANT(std::ranges::find(out_, question) == out_.end());
  const auto known = known_until_.find(question);
  INVARIANT(known == known_until_.end() || known->second <= now);
  out_.push_back(question);
  ++counts_.submitted;
}

void PasswordWatch::on_home(const server::PasswordJob& job, core::TimePoint now) {
  const std::string question = question_of(job);
  INVARIANT(std::erase(out_, question) == 1);
  if (job.failed()) {
    ++counts_.threw;
    return;
  }
  INVARIANT(job.outcome() != Outcome::kNotRun);
  ++counts_.hashes;
  if (job.outcome() == Outcome::kWrong) {
    ++counts_.failures;
  } else {
    known_until_[question] = now + server::PasswordDesk::kSuccessFor;
  }
}

void PasswordWatch::on_forget() {
  forgets_ = true;
  known_until_.clear();
}

void PasswordWatch::on_turn_end() {
  if (std::exchange(forgets_, false)) known_until_.clear();
}

}  // namespace simulation
