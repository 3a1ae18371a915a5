// PasswordRequest: one question of a gate to the password desk, "is this password the one of this
// hash?", and DeskSweep, its word that somebody has left. Each is a message that goes to the desk's
// loop and comes home to its gate's. They belong to their gate, which keeps them until they are
// home; while they are out they are the desk's, and the gate touches nothing but the abandoned
// flag.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/callback.h"
#include "core/base/intrusive_list.h"
#include "core/base/wipe.h"
#include "core/digest/keyed_digest.h"
#include "core/io/inbox.h"
#include "core/password/password_hash.h"
#include "server/auth/client_lines.h"

namespace server {

class PasswordDesk;

// The way to the desk and back.
class DeskErrand {
 public:
  // `on_home` may destroy this.
  DeskErrand(core::Inbox& home, core::Callback<void()> on_home)
      : home_(home),
        to_desk_(core::Callback<void()>::to<&DeskErrand::on_arrival>(*this)),
        to_home_(on_home) {
    to_home_.name = &kVerdict;
  }
  DeskErrand(const DeskErrand&) = delete;
  DeskErrand& operator=(const DeskErrand&) = delete;
  virtual ~DeskErrand() = default;

 private:
  friend class PasswordDesk;
  // Desk's loop.
  virtual void arrive(PasswordDesk& desk) = 0;
  void on_arrival() { arrive(*desk_); }
  void go_home() { home_.post(to_home_); }

  inline static const std::string kVerdict = "a result of the auth lane";

  core::Inbox& home_;
  PasswordDesk* desk_ = nullptr;
  core::Message to_desk_;
  core::Message to_home_;
};

class PasswordRequest final : public DeskErrand,
                              public ClientLines::Member,
                              public core::ListHook<PasswordRequest> {
 public:
  enum class Verdict : std::uint8_t {
    kRight,
    kWrong,
    kRefused,  // too many wait
    kFailed,   // the job threw: nothing was found out
    kDropped   // it was abandoned, and nobody has looked
  };

  using DeskErrand::DeskErrand;
  PasswordRequest(const PasswordRequest&) = delete;
  PasswordRequest& operator=(const PasswordRequest&) = delete;
  ~PasswordRequest() override { core::wipe(password); }

  // --- Filled in by the gate. `network` too: who asks, whose place in line it takes.
  core::Digest key{};  // of all that the verdict depends on
  std::string password;
  core::PasswordHash hash;

  // --- For the gate, when it is home.
  Verdict verdict = Verdict::kDropped;
  std::chrono::seconds retry_after{0};  // of a refusal

  // --- Gate's loop. Nobody waits for it for the time being; then somebody does again.
  void abandon() { abandoned_.store(true); }
  void resume() { abandoned_.store(false); }
  // Any thread.
  [[nodiscard]] bool abandoned() const { return abandoned_.load(); }

 private:
  void arrive(PasswordDesk& desk) override;

  std::atomic<bool> abandoned_{false};
};

// Makes the desk look for requests that were abandoned and send them home.
class DeskSweep final : public DeskErrand {
 public:
  using DeskErrand::DeskErrand;

 private:
  void arrive(PasswordDesk& desk) override;
};

}  // namespace server
