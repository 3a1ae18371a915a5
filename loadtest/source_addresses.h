// SourceAddresses: the addresses of this machine from which connections are made, so that a server
// sees many clients. IPv4 alone, for only there loopback has more than one: 127.0.0.0/8. Values and
// pure functions; any thread.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace loadtest {

struct SourceAddresses {
  std::uint32_t base = 0;  // in the order of bytes of this machine
  std::uint32_t mask = 0;  // of the bits in which the addresses differ
};

// "127.64.0.0/10", "127.0.0.2"; what stands behind the prefix does not count.
[[nodiscard]] core::Result<SourceAddresses> parse_source_addresses(const std::string& text);

// Any `number`: they come round. Port 0: connect(2) chooses one.
[[nodiscard]] sockaddr_in source_address(const SourceAddresses& addresses, std::uint64_t number);

}  // namespace loadtest
