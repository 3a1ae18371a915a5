// FailedClients: how often each client network was wrong lately, and for how long the answer to its
// next wrong password is held back. Only the wrong ones: who knows the password never waits because
// a neighbour guesses. Bounded; the one that failed longest ago is forgotten first. One thread, its
// owner's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "core/base/address_block.h"
#include "core/base/clock.h"
#include "core/base/intrusive_list.h"
#include "server/auth/network_hash.h"

namespace server {

inline constexpr std::size_t kFailuresFree = 5;

// For the `failures`-th failure that followed another within FailedClients::kForgottenAfter:
// nothing for the first five, then 0.25 s, doubled by each further one up to 4 s.
[[nodiscard]] core::Duration hold_for(std::size_t failures);

class FailedClients {
 public:
  static constexpr core::Duration kForgottenAfter = std::chrono::minutes(1);
  static constexpr std::size_t kNetworksMax = 10'000;

  explicit FailedClients(std::size_t networks_max = kNetworksMax);

  // Counts a failure of `network` and returns how long its answer is held. `check` numbers what was
  // wrong, from 1: one password, asked for on several loops at a time, is one failure.
  [[nodiscard]] core::Duration count(const core::IpAddress& network, std::uint64_t check,
                                     core::TimePoint now);
  [[nodiscard]] std::size_t size() const { return clients_.size(); }

 private:
  struct Client : core::ListHook<Client> {
    core::IpAddress network{};
    std::size_t failures = 0;
    std::uint64_t last_check = 0;
    core::TimePoint last;
  };

  void forget_old(core::TimePoint now);

  const std::size_t networks_max_;
  core::IntrusiveList<Client> oldest_first_;
  std::unordered_map<core::IpAddress, Client, NetworkHash> clients_;
};

}  // namespace server
