#include "server/app/users_report.h"

#include <fmt/format.h>

#include "config/placed_diagnostic.h"
#include "server/app/users_files.h"

namespace server {

UsersReport check_users(const config::Loaded& loaded) {
  UsersReport report;
  const auto users = load_users(loaded.config);
  if (!users) {
    for (const UsersFailure& failure : users.error()) {
      if (failure.is_missing) continue;
      report.diagnostics.push_back(config::diagnose(loaded, failure.place, failure.message));
      report.is_right = false;
    }
    return report;
  }
  const auto files = users_files(loaded.config);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::size_t count = users->tables[i]->size();
    report.summary += fmt::format("{}: {} user{}\n", config::printable(files[i]->path), count,
                                  count == 1 ? "" : "s");
  }
  return report;
}

}  // namespace server
