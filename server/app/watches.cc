#include "server/app/watches.h"

#include <utility>

namespace server {

Watches::Voice::Voice(core::LogWriter* log)
    : log_(log == nullptr ? nullptr : std::make_shared<ErrorLog>(*log, log->add_ring())) {}

Watches::Watches(core::LogWriter* log)
    : certificates_say_(log), users_say_(log), quota_says_(log), alarm_says_(log) {}

void Watches::watch_certificates(
    const Snapshot& snapshot, core::Duration period,
    std::function<void(const std::shared_ptr<const TlsContexts>&)> change) {
  if (certificate_files(snapshot.config()).empty()) return;
  certificates_ = std::make_unique<CertificateWatch>(
      snapshot.config(), snapshot.ticket_keys(),
      CertificateWatch::Callbacks{std::move(change), certificates_say_}, period);
}

void Watches::watch_users(const Snapshot& snapshot, core::Duration period,
                          std::function<void(const UserTables&)> change) {
  if (!snapshot.asks_for_passwords()) return;
  users_ =
      std::make_unique<UsersWatch>(snapshot.config(), snapshot.users(),
                                   UsersWatch::Callbacks{std::move(change), users_say_}, period);
}

void Watches::watch_quota(const std::string& root, std::optional<double> in_use,
                          core::Duration period,
                          std::function<void(std::optional<double>)> change) {
  quota_ = std::make_unique<QuotaWatch>(
      root, in_use, QuotaWatch::Callbacks{std::move(change), quota_says_}, period);
}

void Watches::watch_loops(const std::vector<const core::LoopStatistics*>& loops,
                          std::function<std::string(std::size_t)> stack_of) {
  alarm_ =
      std::make_unique<LoopAlarm>(loops, LoopAlarm::Callbacks{alarm_says_, std::move(stack_of)});
}

bool Watches::stop(core::TimePoint until) {
  const auto stopped = [until](const auto& watch) {
    return watch == nullptr || watch->stop(until - core::Clock::now());
  };
  const bool certificates_stopped = stopped(certificates_);
  const bool users_stopped = stopped(users_);
  const bool quota_stopped = stopped(quota_);
  const bool alarm_stopped = stopped(alarm_);
  return certificates_stopped && users_stopped && quota_stopped && alarm_stopped;
}

}  // namespace server
