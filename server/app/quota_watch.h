// QuotaWatch: looks again and again at this process's CPU quota, which an administrator may change
// while it runs ("docker update --cpus", "systemctl set-property"), on a thread of its own, because
// that is files. Made and stopped by the owner of the server, whose thread may differ from that of
// the callbacks.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "server/app/periodic_thread.h"

namespace server {

class QuotaWatch {
 public:
  static constexpr core::Duration kPeriod = std::chrono::seconds(1);

  // Called on the watch's thread, once for each change. In CPUs; nullopt: no quota.
  struct Callbacks {
    std::function<void(std::optional<double>)> change;
    std::function<void(const std::string&)> say;
  };

  // `root`: of cpu_quota(). `in_use`: as it is counted with.
  QuotaWatch(std::string root, std::optional<double> in_use, Callbacks callbacks,
             core::Duration period = kPeriod);
  QuotaWatch(const QuotaWatch&) = delete;
  QuotaWatch& operator=(const QuotaWatch&) = delete;
  // stop() must have returned true.
  ~QuotaWatch() = default;

  // False when its thread hangs on a file beyond `limit`.
  [[nodiscard]] bool stop(core::Duration limit) { return thread_.stop(limit); }

 private:
  void look();

  const std::string root_;
  const Callbacks callbacks_;

  // The watch's thread only.
  std::optional<double> in_use_;

  PeriodicThread thread_;
};

}  // namespace server
