// What `ouro check` says of the users' files of a configuration. Reads them; main thread.
#pragma once

#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/loader.h"

namespace server {

struct UsersReport {
  std::vector<config::Diagnostic> diagnostics;
  std::string summary;  // a line for each file: "/etc/ouro/users: 2 users"
  bool is_right = true;
};

// Files that are missing are no mistake here: the loader warns of them, as they may be on another
// machine.
[[nodiscard]] UsersReport check_users(const config::Loaded& loaded);

}  // namespace server
