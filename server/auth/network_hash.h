// NetworkHash: for tables keyed by client networks. Keyed itself: nobody can choose addresses that
// fall together. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/address_block.h"
#include "core/base/sip_hash.h"

namespace server {

class NetworkHash {
 public:
  NetworkHash() : key_(core::SipKey::random()) {}
  std::size_t operator()(const core::IpAddress& network) const {
    return core::sip_hash(
        key_, std::string_view(reinterpret_cast<const char*>(network.data()), network.size()));
  }

 private:
  core::SipKey key_;
};

}  // namespace server
