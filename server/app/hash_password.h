// `ouro hash-password`: a password in, a line for a users file out. Main thread; computes for as
// long as the hash takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "server/app/command_line.h"

namespace server {

// How long a hash is to take, when nobody says what it is to cost: guessing gets ten a second and
// core, and whoever logs in does not notice.
inline constexpr core::Duration kHashTime = std::chrono::milliseconds(100);

struct HashPasswordFailure {
  int exit_code = 0;
  std::string message;
};

// The line with its end: the hash, behind NAME: when there is a name. Reads from `input`, and asks
// twice when that is a terminal. Says on standard error what was chosen.
[[nodiscard]] core::Result<std::string, HashPasswordFailure> hash_password(
    const HashPasswordCommand& command, int input);

// What is wrong with a new password, if anything: a sentence about it.
[[nodiscard]] std::optional<std::string> check_new_password(std::string_view password);

}  // namespace server
