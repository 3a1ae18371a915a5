#include "tests/simulation/password_watch.h"

#include <algorithm>
#include <utility>

#include "core/base/invariant.h"
#include "server/auth/password_desk.h"

namespace simulation {

using Outcome = server::PasswordJob::Outcome;

void PasswordWatch::on_submitted(const server::PasswordJob& job, core::TimePoint now) {
  INVARIANT(out_.size() < threads_);
  INVARIANT(std::ranges::find(out_, job.key()) == out_.end());
  const auto known = known_until_.find(job.key());
  INVARIANT(known == known_until_.end() || known->second <= now);
  out_.push_back(job.key());
  ++counts_.submitted;
}

void PasswordWatch::on_home(const server::PasswordJob& job, core::TimePoint now) {
  INVARIANT(std::erase(out_, job.key()) == 1);
  if (job.failed()) {
    ++counts_.threw;
    return;
  }
  INVARIANT(job.outcome() != Outcome::kNotRun);
  ++counts_.hashes;
  if (job.outcome() == Outcome::kWrong) {
    ++counts_.failures;
  } else {
    known_until_[job.key()] = now + server::PasswordDesk::kSuccessFor;
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
