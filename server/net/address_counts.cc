#include "server/net/address_counts.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

#include "core/base/invariant.h"

namespace server {
namespace {

std::uint64_t random_key() {
  std::random_device random;
  return (std::uint64_t{random()} << 32U) | random();
}

// The finalizer of SplitMix64: every bit of the input reaches every bit of the result.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

}  // namespace

AddressCounts::AddressCounts(std::size_t per_address_max, std::size_t addresses_max)
    : per_address_max_(std::min<std::uint64_t>(per_address_max, kCountMask)),
      keys_{random_key(), random_key()},
      buckets_(std::bit_ceil(std::max<std::size_t>(addresses_max, 1))) {
  INVARIANT(per_address_max > 0);
}

AddressCounts::Place AddressCounts::find(const Address& address) {
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), address.data(), address.size());
  const std::uint64_t hash = mix(mix(words[0] ^ keys_[0]) ^ words[1] ^ keys_[1]);
  Bucket& bucket = buckets_[mix(hash) & (buckets_.size() - 1)];
  return {bucket, (hash | (std::uint64_t{1} << kCountBits)) & ~kCountMask};
}

AddressCounts::Look AddressCounts::look(Bucket& bucket, std::uint64_t tag) {
  Look look;
  for (Slot& slot : bucket.slots) {
    const std::uint64_t value = slot.load();
    if (value == 0 && look.slot == nullptr) look.slot = &slot;
    if ((value & ~kCountMask) != tag) continue;
    if (look.count == 0) {
      look.slot = &slot;
      look.value = value;
    }
    look.count += value & kCountMask;
  }
  return look;
}

// A slot may become free between the looks of two threads that bring the same address, so that each
// gives it another one. So everyone adds up after entering, too. Loads and changes are in one order
// for all threads: of those who are in, the last to enter has seen all others.
AddressCounts::Entry AddressCounts::try_enter(const Address& address) {
  const auto [bucket, tag] = find(address);
  for (;;) {
    Look seen = look(bucket, tag);
    if (seen.count >= per_address_max_) return Entry::kFull;
    if (seen.slot == nullptr) return Entry::kUncounted;
    const std::uint64_t next = (seen.value == 0 ? tag : seen.value) + 1;
    if (!seen.slot->compare_exchange_strong(seen.value, next)) continue;
    if (look(bucket, tag).count <= per_address_max_) return Entry::kEntered;
    leave(address);
  }
}

void AddressCounts::leave(const Address& address) {
  const auto [bucket, tag] = find(address);
  for (Slot& slot : bucket.slots) {
    std::uint64_t value = slot.load();
    while ((value & ~kCountMask) == tag) {
      const std::uint64_t next = (value & kCountMask) == 1 ? 0 : value - 1;
      if (slot.compare_exchange_weak(value, next)) return;
    }
  }
  INVARIANT(false);
}

}  // namespace server
