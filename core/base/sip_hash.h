// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): a keyed hash whose
// values nobody can predict who does not have the key. For choices and tables that somebody may
// want to steer; not for signatures, 64 bits are too few. Any thread; pure but for SipKey::random.
#pragma once

#include <cstdint>
#include <string_view>

namespace core {

// The 16 bytes of the key as two little-endian numbers.
struct SipKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  // From the kernel; may wait for its generator at boot. Not for loops.
  [[nodiscard]] static SipKey random();
};

[[nodiscard]] std::uint64_t sip_hash(const SipKey& key, std::string_view text);

}  // namespace core
