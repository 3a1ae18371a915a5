// KeyedDigest: HMAC-SHA256 (RFC 2104, FIPS 180-4) over several texts, for tables whose keys must
// tell nothing about what they were made of. One thread at a time; owns OpenSSL's context. Running
// out of memory aborts; there is no other failure.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>

struct evp_mac_ctx_st;

namespace core {

using Digest = std::array<unsigned char, 32>;

// For hash tables: a keyed digest is as good as random already.
struct DigestHash {
  std::size_t operator()(const Digest& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

class KeyedDigest {
 public:
  // Wiped on destruction.
  struct Key {
    std::array<unsigned char, 32> bytes{};

    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();
    // From the kernel's generator.
    [[nodiscard]] static Key random();
  };

  explicit KeyedDigest(const Key& key);

  // Each text has its size in front (8 bytes, little-endian), so that ("a", "bc") and ("ab", "c")
  // are two.
  [[nodiscard]] Digest of(std::initializer_list<std::string_view> texts);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

}  // namespace core
