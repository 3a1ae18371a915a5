#include "server/auth/password_job.h"

#include "core/base/invariant.h"

namespace server {

void PasswordJob::prepare(const core::Digest& key, std::string_view password,
                          const core::PasswordHash& hash) {
  key_ = key;
  password_ = password;
  hash_ = &hash;
  outcome_ = Outcome::kNotRun;
  began_ = core::Clock::now();
  time_ = core::Duration::zero();
}

void PasswordJob::run() {
  INVARIANT(hash_ != nullptr);
  outcome_ = hasher_.verify(password_, *hash_) ? Outcome::kRight : Outcome::kWrong;
  time_ = core::Clock::now() - began_;
}

}  // namespace server
