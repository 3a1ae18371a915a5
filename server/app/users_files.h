// The users' files that a configuration names: each is read once, however many routes and realms it
// is for, and has a number, by which BasicAuth and the gates know it. Blocks on files: not on a
// loop.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "core/base/result.h"
#include "server/auth/password_gate.h"

namespace server {

// Each path that routes name, once, at its number: in the order of the routes. They belong to
// `config`.
[[nodiscard]] std::vector<const config::PlacedPath*> users_files(const config::Config& config);
[[nodiscard]] std::size_t users_number(const std::vector<const config::PlacedPath*>& files,
                                       std::string_view path);

// What a file holds at this moment.
struct UsersFile {
  std::shared_ptr<const UserTable> table;  // null: it cannot be read
  std::vector<std::string> mistakes;       // sentences that begin with "PATH:LINE:COLUMN: "
  std::string trouble;                     // why there is no table: a sentence with the path
  bool is_missing = false;
  bool may_pass = false;     // the trouble is the system's, not in the file
  bool is_complete = false;  // its last line has an end
};
[[nodiscard]] UsersFile read_users_file(const std::string& path);

struct UsersFailure {
  config::Place place;  // that names the file
  std::string message;
  bool is_missing = false;  // there is no such file, which the loader has warned of
};

struct Users {
  UserTables tables;
  std::vector<std::string> states;  // of the files, just before they were read: see file_state()
};

// On failure at least one, all of them, in the order of the files.
[[nodiscard]] core::Result<Users, std::vector<UsersFailure>> load_users(
    const config::Config& config);

}  // namespace server
