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

AddressCounts::Entry AddressCounts::try_enter(const Address& address) {
  const auto [bucket, tag] = find(address);
  for (;;) {
    Slot* free = nullptr;
    Slot* ours = nullptr;
    std::uint64_t seen = 0;
    for (Slot& slot : bucket.slots) {
      const std::uint64_t value = slot.load(std::memory_order_relaxed);
      if (value == 0 && free == nullptr) free = &slot;
      if ((value & ~kCountMask) != tag) continue;
      ours = &slot;
      seen = value;
      break;
    }
    if (ours == nullptr) {
      if (free == nullptr) return Entry::kUncounted;
      ours = free;
    } else if ((seen & kCountMask) >= per_address_max_) {
      return Entry::kFull;
    }
    const std::uint64_t next = (seen == 0 ? tag : seen) + 1;
    if (ours->compare_exchange_strong(seen, next, std::memory_order_relaxed)) {
      return Entry::kEntered;
    }
  }
}

void AddressCounts::leave(const Address& address) {
  const auto [bucket, tag] = find(address);
  for (Slot& slot : bucket.slots) {
    std::uint64_t value = slot.load(std::memory_order_relaxed);
    while ((value & ~kCountMask) == tag) {
      const std::uint64_t next = (value & kCountMask) == 1 ? 0 : value - 1;
      if (slot.compare_exchange_weak(value, next, std::memory_order_relaxed)) return;
    }
  }
  INVARIANT(false);
}

}  // namespace server
