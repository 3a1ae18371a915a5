// OpenSSL's randomness from a seed. For tests that want to see a failure twice; one thread. How
// many bytes OpenSSL takes depends on what it did before (blinding, say), so the bytes of a
// handshake are not always the same; all lengths are, but those of ECDSA signatures. Whoever has
// called it has no secrets.
#pragma once

#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>

#include "core/base/invariant.h"

namespace test {

inline std::mt19937_64& openssl_generator() {
  static std::mt19937_64 instance;
  return instance;
}

// Neither zero nor with its highest bit set: a number of such bytes has one length in DER, and with
// it a session ticket.
inline unsigned char next_openssl_byte() {
  return static_cast<unsigned char>(1 + openssl_generator()() % 127);
}

inline int fill_for_openssl(unsigned char* bytes, int size) noexcept {
  std::ranges::generate(std::span(bytes, static_cast<std::size_t>(size)), next_openssl_byte);
  return 1;
}

// From now on, for the whole process.
inline void seed_openssl(std::uint64_t seed) {
  openssl_generator().seed(seed);
  static const RAND_METHOD kMethod{nullptr, fill_for_openssl, nullptr,
                                   nullptr, fill_for_openssl, []() noexcept { return 1; }};
// RAND_set_rand_method(3): deprecated in favour of providers, of which one is 300 lines.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  INVARIANT(RAND_set_rand_method(&kMethod) == 1);
#pragma GCC diagnostic pop
}

}  // namespace test
