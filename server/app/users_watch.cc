#include "server/app/users_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/diagnostic.h"
#include "core/base/invariant.h"
#include "server/app/file_state.h"

namespace server {
namespace {

// Beyond the first: for one that may be half written.
constexpr int kWaitsMax = 2;
// Of one file. The log is no place for a thousand; `ouro check` has them all.
constexpr std::size_t kMistakesSaid = 20;

}  // namespace

UsersWatch::UsersWatch(const config::Config& config, const Users& users, Callbacks callbacks,
                       core::Duration period)
    : callbacks_(std::move(callbacks)),
      files_(watched_files(config, users)),
      tables_(users.tables),
      thread_([this] { look(); }, period) {}

std::vector<UsersWatch::Watched> UsersWatch::watched_files(const config::Config& config,
                                                           const Users& users) {
  const auto files = users_files(config);
  INVARIANT(files.size() == users.tables.size() && files.size() == users.states.size());
  std::vector<Watched> watched(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    watched[i].path = files[i]->path;
    watched[i].in_use = watched[i].seen = users.states[i];
  }
  return watched;
}

void UsersWatch::look() {
  std::erase_if(retired_, [](const auto& table) { return table.use_count() == 1; });
  bool any = false;
  for (std::size_t i = 0; i < files_.size(); ++i) any = look_at(files_[i], tables_[i]) || any;
  if (any) callbacks_.replace(tables_);
  // What is said has happened.
  for (const std::string& message : std::exchange(messages_, {})) callbacks_.say(message);
}

// True when it was read, or cannot be any more.
bool UsersWatch::look_at(Watched& watched, std::shared_ptr<const UserTable>& table) {
  const std::string now = file_state(watched.path);
  if (now == watched.in_use) {
    watched.waited = 0;
    return false;
  }
  const bool rests = std::exchange(watched.seen, now) == now;
  if (!rests && watched.waited < kWaitsMax) {
    ++watched.waited;
    return false;
  }
  UsersFile file = read_users_file(watched.path);
  const bool is_whole =
      (file.table == nullptr || file.is_complete) && file_state(watched.path) == now;
  if (!is_whole && watched.waited < kWaitsMax) {
    ++watched.waited;
    return false;
  }
  watched.waited = 0;
  watched.in_use = file.may_pass ? "" : now;
  const bool is_news = file.table != nullptr || table != nullptr;
  note_what_was_read(watched, file);
  if (table != nullptr) retired_.push_back(std::move(table));
  table = std::move(file.table);
  return is_news;
}

void UsersWatch::note_what_was_read(Watched& watched, const UsersFile& file) {
  if (file.table == nullptr) {
    if (std::exchange(watched.said, file.trouble) == file.trouble) return;
    messages_.push_back(file.trouble + ": nobody gets in by it");
    return;
  }
  watched.said.clear();
  const std::size_t count = std::min(file.mistakes.size(), kMistakesSaid);
  for (std::size_t i = 0; i < count; ++i) {
    messages_.push_back(file.mistakes[i] + "; nobody gets in by this line");
  }
  if (file.mistakes.size() > count) {
    messages_.push_back(fmt::format("{}: {} more mistakes", config::printable(watched.path),
                                    file.mistakes.size() - count));
  }
  messages_.push_back(fmt::format("{}: read again: {} user{}", config::printable(watched.path),
                                  file.table->size(), file.table->size() == 1 ? "" : "s"));
}

}  // namespace server
