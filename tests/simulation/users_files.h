// UsersFiles: the users files of a simulated life, one for each realm, with all the versions they
// have had: who asks how long ago what an answer follows from finds it here. One thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "server/auth/password_gate.h"
#include "tests/simulation/guard.h"
#include "tests/simulation/known_users.h"
#include "tests/simulation/random.h"

namespace simulation {

class UsersFiles {
 public:
  explicit UsersFiles(Random& random) : random_(random) { change(); }

  // From now on another version is in force.
  void change();
  // Of the version in force.
  [[nodiscard]] const server::UserTables& tables() const { return tables_; }
  [[nodiscard]] bool all_readable() const;
  [[nodiscard]] std::size_t version() const { return versions_.size() - 1; }

  // What the version in force makes of credentials.
  [[nodiscard]] bool allows(const Guard& guard) const { return allows(guard, versions_.back()); }
  // What some version did that was in force since `first` was.
  [[nodiscard]] bool has_allowed(const Guard& guard, std::size_t first) const;
  [[nodiscard]] bool has_denied(const Guard& guard, std::size_t first) const;

 private:
  // Which of their passwords users have; nothing: they are not there.
  using File = std::array<std::optional<std::size_t>, kKnownUsers>;
  using Version = std::array<File, kRealms.size()>;

  [[nodiscard]] static bool allows(const Guard& guard, const Version& version);
  // No hash is in it that any other user has had, or this one in another realm.
  [[nodiscard]] std::shared_ptr<const server::UserTable> rewrite(File& file, std::size_t realm);

  Random& random_;
  std::vector<Version> versions_;
  server::UserTables tables_;
};

}  // namespace simulation
