#include "server/app/users_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/diagnostic.h"
#include "config/file_text.h"
#include "core/base/invariant.h"
#include "server/app/file_state.h"

namespace server {
namespace {

// A hundred thousand users have 8 MiB.
constexpr std::size_t kFileBytesMax = std::size_t{16} << 20U;

}  // namespace

std::vector<const config::PlacedPath*> users_files(const config::Config& config) {
  std::vector<const config::PlacedPath*> files;
  for (const config::Site& site : config.sites) {
    for (const config::Route& route : site.routes) {
      const auto& auth = route.filters.basic_auth;
      if (!auth) continue;
      const bool is_new = std::none_of(files.begin(), files.end(), [&](const auto* file) {
        return file->path == auth->users_file.path;
      });
      if (is_new) files.push_back(&auth->users_file);
    }
  }
  return files;
}

std::size_t users_number(const std::vector<const config::PlacedPath*>& files,
                         std::string_view path) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const auto* file) { return file->path == path; });
  INVARIANT(found != files.end());
  return static_cast<std::size_t>(found - files.begin());
}

UsersFile read_users_file(const std::string& path) {
  UsersFile file;
  const std::string name = config::printable(path);
  if (const auto reason = config::missing_file(path)) {
    file.trouble = fmt::format("{} {}", name, *reason);
    file.is_missing = true;
    return file;
  }
  const auto text = config::read_file(path, kFileBytesMax);
  if (!text) {
    file.trouble = fmt::format("{}: {}", name, text.error().message);
    file.may_pass = true;
  } else if (text->size() > kFileBytesMax) {
    file.trouble = name + " is larger than 16 MiB";
  } else {
    UserTable::Parsed parsed = UserTable::parse(*text);
    file.table = std::move(parsed.table);
    for (const UserTable::Mistake& mistake : parsed.mistakes) {
      file.mistakes.push_back(fmt::format("{}:{}:{}: {}", name, mistake.line, mistake.column,
                                          config::printable(mistake.message)));
    }
    file.is_complete = text->empty() || text->ends_with('\n');
  }
  return file;
}

core::Result<Users, std::vector<UsersFailure>> load_users(const config::Config& config) {
  Users users;
  std::vector<UsersFailure> failures;
  for (const config::PlacedPath* named : users_files(config)) {
    users.states.push_back(file_state(named->path));
    UsersFile file = read_users_file(named->path);
    if (file.table == nullptr) {
      failures.push_back({named->place, std::move(file.trouble), file.is_missing});
    }
    for (std::string& mistake : file.mistakes) {
      failures.push_back({named->place, std::move(mistake)});
    }
    users.tables.push_back(std::move(file.table));
  }
  if (!failures.empty()) return core::unexpected(std::move(failures));
  return users;
}

}  // namespace server
