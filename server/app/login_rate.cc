#include "server/app/login_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "core/password/password_hasher.h"

namespace server {
namespace {

using Kind = core::PasswordHash::Kind;

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::kBcrypt:
      return "bcrypt";
    case Kind::kSha256:
      return "SHA-256";
    case Kind::kSha512:
      return "SHA-512";
    case Kind::kYescrypt:
      break;
  }
  return "yescrypt";
}

std::string workers_text(std::size_t workers) {
  return fmt::format("{} worker{}", workers, workers == 1 ? "" : "s");
}

}  // namespace

const core::PasswordHash* most_frequent_settings(const UserTables& tables) {
  struct Users {
    std::size_t count = 0;
    const core::PasswordHash* one = nullptr;
  };
  std::map<std::pair<Kind, unsigned>, Users> by_settings;
  for (const auto& table : tables) {
    for (const core::PasswordHash& hash : table->settings()) {
      Users& users = by_settings[{hash.kind, hash.cost}];
      ++users.count;
      users.one = &hash;
    }
  }
  Users most;
  for (const auto& [settings, users] : by_settings) {
    if (users.count >= most.count) most = users;
  }
  return most.one;
}

std::string login_rate_text(unsigned bcrypt_cost, core::Duration one_hash, std::size_t workers) {
  const double seconds = std::max(std::chrono::duration<double>(one_hash).count(), 1e-9) /
                         static_cast<double>(workers);
  const std::string rate = seconds <= 1 ? fmt::format("about {:.0f} logins/s", 1 / seconds)
                                        : fmt::format("a login in about {:.0f} s", seconds);
  return fmt::format("cost {} x {} = {}", bcrypt_cost, workers_text(workers), rate);
}

LoginRate measure_login_rate(const UserTables& tables, std::size_t workers, std::size_t cpus) {
  const core::PasswordHash* const settings = most_frequent_settings(tables);
  if (settings == nullptr) return {};
  const std::size_t at_a_time = std::min(workers, cpus);
  if (settings->kind != Kind::kBcrypt) {
    return {fmt::format("{} x {}", name_of(settings->kind), workers_text(at_a_time)), {}};
  }
  const core::Duration one = core::estimate_bcrypt_time(settings->cost);
  return {login_rate_text(settings->cost, one, at_a_time),
          one / at_a_time * static_cast<core::Duration::rep>(workers)};
}

}  // namespace server
