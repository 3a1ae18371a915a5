// AddressBlock: a CIDR block ("10.0.0.0/8", "2001:db8::/32"). Addresses are IPv6, an IPv4 one in
// its mapped form (RFC 4291 2.5.5.2), so that both compare alike. Plain values; any thread.
#pragma once

#include <array>
#include <cstdint>

namespace core {

using IpAddress = std::array<std::uint8_t, 16>;

struct AddressBlock {
  static constexpr unsigned kBitsMax = 128;

  IpAddress address{};              // bits behind the prefix are 0
  unsigned prefix_bits = kBitsMax;  // of the IPv6 form: 96 + 8 for 10.0.0.0/8

  [[nodiscard]] bool contains(const IpAddress& other) const;
  [[nodiscard]] bool operator==(const AddressBlock&) const = default;
};

}  // namespace core
