// How many logins a second the hashes of the users let this machine do, as the start table has it.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/clock.h"
#include "core/password/password_hash.h"
#include "server/auth/password_gate.h"

namespace server {

// The settings (kind and cost) that most users have; of equally many the dearest. nullptr: there
// are no users.
[[nodiscard]] const core::PasswordHash* most_frequent_settings(const UserTables& tables);

// "cost 12 x 2 workers = about 9 logins/s"; `one_hash` is what one takes.
[[nodiscard]] std::string login_rate_text(unsigned bcrypt_cost, core::Duration one_hash,
                                          std::size_t workers);

struct LoginRate {
  std::string text;            // as above; empty without any user
  core::Duration hash_time{};  // for how long one hash has its worker while all are busy
};

// The same measured here, which takes some tens of milliseconds. Of hashes other than bcrypt's only
// how many workers there are. `cpus`: what the workers share.
[[nodiscard]] LoginRate measure_login_rate(const UserTables& tables, std::size_t workers,
                                           std::size_t cpus);

}  // namespace server
