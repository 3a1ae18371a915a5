#include "core/base/address_block.h"

#include <algorithm>
#include <cstddef>

#include "core/base/invariant.h"

namespace core {

bool AddressBlock::contains(const IpAddress& other) const {
  INVARIANT(prefix_bits <= kBitsMax);
  const std::size_t whole = prefix_bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  other.begin())) {
    return false;
  }
  const unsigned rest = prefix_bits % 8;
  if (rest == 0) return true;
  const unsigned mask = 0xFFU << (8 - rest);
  return ((address[whole] ^ other[whole]) & mask) == 0;
}

}  // namespace core
