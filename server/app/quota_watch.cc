#include "server/app/quota_watch.h"

#include <fmt/format.h>

#include <utility>

#include "server/app/cpu_count.h"

namespace server {
namespace {

std::string cpus_text(std::optional<double> quota) {
  if (!quota) return "none";
  return fmt::format("{:g} CPU{}", *quota, *quota == 1 ? "" : "s");
}

}  // namespace

QuotaWatch::QuotaWatch(std::string root, std::optional<double> in_use, Callbacks callbacks,
                       core::Duration period)
    : root_(std::move(root)),
      callbacks_(std::move(callbacks)),
      in_use_(in_use),
      thread_([this] { look(); }, period) {}

// What cannot be told now is no change: a server without a descriptor left has not lost its quota.
void QuotaWatch::look() {
  const auto now = cpu_quota(root_);
  if (!now || *now == in_use_) return;
  callbacks_.change(*now);
  callbacks_.say(fmt::format("the CPU quota is now {}, was {}", cpus_text(*now),
                             cpus_text(std::exchange(in_use_, *now))));
}

}  // namespace server
