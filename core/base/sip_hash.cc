#include "core/base/sip_hash.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <cstddef>

#include "core/base/invariant.h"

namespace core {
namespace {

constexpr std::size_t kWordBytes = 8;

struct State {
  std::uint64_t v0;
  std::uint64_t v1;
  std::uint64_t v2;
  std::uint64_t v3;

  void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }

  void take(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

// At most eight bytes.
std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t word = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    word |= std::uint64_t{static_cast<unsigned char>(bytes[index])} << (8 * index);
  }
  return word;
}

}  // namespace

SipKey SipKey::random() {
  std::array<std::uint64_t, 2> words{};
  // getentropy(3) fails only without the system call, which Linux has since 3.17.
  const bool filled = ::getentropy(words.data(), sizeof words) == 0;
  INVARIANT(filled);
  return {words[0], words[1]};
}

std::uint64_t sip_hash(const SipKey& key, std::string_view text) {
  State state{key.low ^ 0x736f6d6570736575U, key.high ^ 0x646f72616e646f6dU,
              key.low ^ 0x6c7967656e657261U, key.high ^ 0x7465646279746573U};
  const std::uint64_t size_byte = std::uint64_t{text.size()} << 56U;
  while (text.size() >= kWordBytes) {
    state.take(little_endian(text.substr(0, kWordBytes)));
    text.remove_prefix(kWordBytes);
  }
  state.take(size_byte | little_endian(text));
  state.v2 ^= 0xFFU;
  for (int count = 0; count < 4; ++count) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace core
