// PasswordJob: one password compared with one stored hash, on a worker of the auth lane. It keeps
// crypt_r's memory from one password to the next. Owned by the password desk, on whose loop all but
// run() happens.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/callback.h"
#include "core/base/clock.h"
#include "core/digest/keyed_digest.h"
#include "core/password/password_hasher.h"
#include "core/work/job.h"

namespace server {

class PasswordJob final : public core::Job {
 public:
  enum class Outcome : std::uint8_t {
    kNotRun,  // the lane is being stopped
    kRight,
    kWrong
  };
  using OnFinished = core::Callback<void(PasswordJob&)>;
  explicit PasswordJob(OnFinished on_finished) : on_finished_(on_finished) {}

  // --- Desk's loop, while the job is not out.

  // Password and hash stay where they are until it is back; `key` is for whoever gets it back.
  void prepare(const core::Digest& key, std::string_view password, const core::PasswordHash& hash);
  [[nodiscard]] const core::Digest& key() const { return key_; }
  // Until it is back, any thread.
  [[nodiscard]] std::string_view password() const { return password_; }
  [[nodiscard]] const core::PasswordHash& hash() const { return *hash_; }
  [[nodiscard]] Outcome outcome() const { return outcome_; }
  // From prepare() until its hash was done: on a lane of low priority with the time in which others
  // ran, under a CPU quota with that in which it waited for its share.
  [[nodiscard]] core::Duration time() const { return time_; }

 private:
  void run() override;
  void finish() override { on_finished_(*this); }

  const OnFinished on_finished_;
  core::PasswordHasher hasher_;
  core::Digest key_{};
  std::string_view password_;
  const core::PasswordHash* hash_ = nullptr;
  Outcome outcome_ = Outcome::kNotRun;
  core::TimePoint began_;
  core::Duration time_{};
};

}  // namespace server
