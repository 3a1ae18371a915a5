// AddressCounts: how many connections each client address has, over all loops. Lock-free, fixed in
// size, no memory once built: loops may not wait for each other. An address is known by a keyed
// hash, so that nobody can choose addresses that fall together. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace server {

class AddressCounts {
 public:
  using Address = std::array<std::uint8_t, 16>;

  // Room for `addresses_max` different addresses at a time.
  AddressCounts(std::size_t per_address_max, std::size_t addresses_max);

  enum class Entry : std::uint8_t {
    kEntered,    // to be left
    kUncounted,  // no room to count this address, which the size makes next to impossible
    kFull        // the address has its maximum
  };
  [[nodiscard]] Entry try_enter(const Address& address);
  // After kEntered, once.
  void leave(const Address& address);

 private:
  // A slot is a part of the hash and a count, 0 when free. An address has one bucket, so that a
  // slot that becomes free is in nobody's way; in it one slot, rarely for a while several.
  static constexpr unsigned kCountBits = 24;
  static constexpr std::uint64_t kCountMask = (std::uint64_t{1} << kCountBits) - 1;
  static constexpr std::size_t kSlotsPerBucket = 8;
  using Slot = std::atomic<std::uint64_t>;
  struct alignas(64) Bucket {
    std::array<Slot, kSlotsPerBucket> slots{};
  };
  struct Place {
    Bucket& bucket;
    std::uint64_t tag;  // in the bits above the count, never 0
  };

  struct Look {
    Slot* slot = nullptr;     // the first of the address, else the first that is free
    std::uint64_t value = 0;  // what is in it
    std::uint64_t count = 0;  // of the address, over all slots
  };

  [[nodiscard]] Place find(const Address& address);
  [[nodiscard]] static Look look(Bucket& bucket, std::uint64_t tag);

  const std::uint64_t per_address_max_;
  const std::array<std::uint64_t, 2> keys_;
  std::vector<Bucket> buckets_;  // a power of two
};

}  // namespace server
