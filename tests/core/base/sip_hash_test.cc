// Goal: sip_hash is SipHash-2-4, and keys are random. Method: vectors of the reference
// implementation (vectors.h: key 00..0f, messages 00, 00 01, ...); two keys compared.

#include "core/base/sip_hash.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

struct Vector {
  std::size_t size;
  std::uint64_t hash;
};

}  // namespace

TEST_CASE("hashes are those of the reference implementation") {
  const core::SipKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  const std::vector<Vector> vectors{{0, 0x726fdb47dd0e0e31U},
                                    {1, 0x74f839c593dc67fdU},
                                    {8, 0x93f5f5799a932462U},
                                    {15, 0xa129ca6149be45e5U}};
  for (const Vector& vector : vectors) {
    CAPTURE(vector.size);
    std::string message;
    while (message.size() < vector.size) message.push_back(static_cast<char>(message.size()));
    CHECK(core::sip_hash(key, message) == vector.hash);
  }
}

TEST_CASE("another key makes another hash") {
  const core::SipKey one = core::SipKey::random();
  const core::SipKey other = core::SipKey::random();
  CHECK(core::sip_hash(one, "ada") != core::sip_hash(other, "ada"));
  CHECK(core::sip_hash(one, "ada") == core::sip_hash(one, "ada"));
}
