#include "server/auth/failed_clients.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace server {
namespace {

constexpr std::chrono::milliseconds kFirstHold{250};
constexpr std::size_t kDoublingsMax = 4;  // 4 s

}  // namespace

core::Duration hold_for(std::size_t failures) {
  if (failures <= kFailuresFree) return core::Duration::zero();
  return kFirstHold * (1U << std::min(failures - kFailuresFree - 1, kDoublingsMax));
}

FailedClients::FailedClients(std::size_t networks_max) : networks_max_(networks_max) {
  INVARIANT(networks_max > 0);
}

core::Duration FailedClients::count(const core::IpAddress& network, std::uint64_t check,
                                    core::TimePoint now) {
  INVARIANT(check > 0);
  forget_old(now);
  Client& client = clients_[network];
  if (client.last_check != check) ++client.failures;
  client.network = network;
  client.last_check = check;
  client.last = now;
  client.unlink();
  oldest_first_.push_back(client);
  const core::Duration hold = hold_for(client.failures);
  if (clients_.size() > networks_max_) {
    clients_.erase(core::IpAddress(oldest_first_.front()->network));
  }
  return hold;
}

void FailedClients::forget_old(core::TimePoint now) {
  for (Client* oldest = oldest_first_.front();
       oldest != nullptr && now - oldest->last >= kForgottenAfter; oldest = oldest_first_.front()) {
    clients_.erase(core::IpAddress(oldest->network));
  }
}

}  // namespace server
