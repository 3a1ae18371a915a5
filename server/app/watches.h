// Watches: what looks, beside the loops, at things that change while a server runs: its files, its
// CPU quota, its loops. Each on a thread of its own, because files may hang, and each with its own
// end of the error log. Made before the log starts, started and stopped by the server's owner.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/log/log_writer.h"
#include "server/app/certificate_watch.h"
#include "server/app/loop_alarm.h"
#include "server/app/quota_watch.h"
#include "server/app/snapshot.h"
#include "server/app/users_watch.h"
#include "server/net/error_log.h"

namespace server {

class Watches {
 public:
  // How often they look.
  struct Periods {
    core::Duration certificates = CertificateWatch::kPeriod;
    core::Duration users = UsersWatch::kPeriod;
    core::Duration quota = QuotaWatch::kPeriod;
  };

  // `log` may be null, and outlives this.
  explicit Watches(core::LogWriter* log);
  Watches(const Watches&) = delete;
  Watches& operator=(const Watches&) = delete;
  // stop() must have returned true, or nothing been started.
  ~Watches() = default;

  // Callbacks come on the watch's thread. Nothing is watched that the snapshot does not have.
  void watch_certificates(const Snapshot& snapshot, core::Duration period,
                          std::function<void(const std::shared_ptr<const TlsContexts>&)> change);
  void watch_users(const Snapshot& snapshot, core::Duration period,
                   std::function<void(const UserTables&)> change);
  // `root` and `in_use`: of QuotaWatch.
  void watch_quota(const std::string& root, std::optional<double> in_use, core::Duration period,
                   std::function<void(std::optional<double>)> change);
  // Which outlive this; `stack_of` as in LoopAlarm.
  void watch_loops(const std::vector<const core::LoopStatistics*>& loops,
                   std::function<std::string(std::size_t)> stack_of = {});

  // False when one hangs beyond `until`.
  [[nodiscard]] bool stop(core::TimePoint until);

  // Any thread, once loops are watched.
  [[nodiscard]] bool all_loops_go_on() const { return alarm_->all_go_on(); }

 private:
  // The log has one writer for each ring.
  class Voice {
   public:
    explicit Voice(core::LogWriter* log);
    void operator()(const std::string& message) const {
      if (log_ != nullptr) log_->say(message);
    }

   private:
    std::shared_ptr<ErrorLog> log_;  // null: off
  };

  const Voice certificates_say_;
  const Voice users_say_;
  const Voice quota_says_;
  const Voice alarm_says_;
  std::unique_ptr<CertificateWatch> certificates_;  // null: not started
  std::unique_ptr<UsersWatch> users_;               // likewise
  std::unique_ptr<QuotaWatch> quota_;               // likewise
  std::unique_ptr<LoopAlarm> alarm_;                // likewise
};

}  // namespace server
