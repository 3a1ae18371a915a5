// UsersWatch: looks again and again at the users' files of a configuration, on a thread of its own,
// because files may hang. What has changed is read and takes the old one's place as it is: whoever
// is not in it any more, is out. Where lines are broken their users do not get in; where the file
// is gone or cannot be read nobody does. What happened is said, once for each state of a file.
//
// A file that may be half written, because it changes from one look to the next or its last line
// has no end, is looked at once more before it is taken. So no change waits longer than three
// periods and what it takes to read the file.
//
// Made and stopped by the owner of the server, whose thread may differ from those of the callbacks.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.h"
#include "core/base/clock.h"
#include "server/app/periodic_thread.h"
#include "server/app/users_files.h"

namespace server {

class UsersWatch {
 public:
  // A password that was revoked stops working within a second.
  static constexpr core::Duration kPeriod = std::chrono::milliseconds(200);

  // Called on the watch's thread.
  struct Callbacks {
    std::function<void(const UserTables&)> replace;
    std::function<void(const std::string&)> say;
  };

  // `config` outlives it. `users`: as they are in use.
  UsersWatch(const config::Config& config, const Users& users, Callbacks callbacks,
             core::Duration period = kPeriod);
  UsersWatch(const UsersWatch&) = delete;
  UsersWatch& operator=(const UsersWatch&) = delete;
  // stop() must have returned true.
  ~UsersWatch() = default;

  // False when its thread hangs on a file beyond `limit`.
  [[nodiscard]] bool stop(core::Duration limit) { return thread_.stop(limit); }

 private:
  struct Watched {
    std::string path;
    std::string in_use;  // its state when it was read; empty: to be tried again
    std::string seen;    // when it was last looked at
    int waited = 0;      // looks since it has changed
    std::string said;    // of its trouble
  };

  [[nodiscard]] static std::vector<Watched> watched_files(const config::Config& config,
                                                          const Users& users);
  void look();
  [[nodiscard]] bool look_at(Watched& watched, std::shared_ptr<const UserTable>& table);
  void note_what_was_read(Watched& watched, const UsersFile& file);

  const Callbacks callbacks_;

  // The watch's thread only.
  std::vector<Watched> files_;  // by number
  UserTables tables_;
  // What loops may still use: a large one is freed here, which no loop has the time for.
  UserTables retired_;
  std::vector<std::string> messages_;  // to be said at the end of a look

  PeriodicThread thread_;
};

}  // namespace server
