// Goal: the digest is HMAC-SHA256 over texts that cannot be cut differently, and depends on the
// key. Method: vectors made with Python's hmac and hashlib, for the key 00 01 02 ... 1f.
#include "core/digest/keyed_digest.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <unordered_set>

namespace {

core::KeyedDigest::Key counting_key() {
  core::KeyedDigest::Key key;
  for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<unsigned char>(i);
  return key;
}

std::string hex(const core::Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) {
    std::array<char, 3> two{};
    std::snprintf(two.data(), two.size(), "%02x", byte);
    text += two.data();
  }
  return text;
}

}  // namespace

TEST_CASE("it is HMAC-SHA256 over the texts with their sizes") {
  core::KeyedDigest digest(counting_key());
  CHECK(hex(digest.of({})) == "d38b42096d80f45f826b44a9d5607de72496a415d3f4a1a8c88e3bb9da8dc1cb");
  CHECK(hex(digest.of({""})) == "9f0cd9b94097fe4929918d2b8942b34439574261a35dc50163f06c67d4e48899");
  CHECK(hex(digest.of({"a", "bc"})) ==
        "c3c9c3696dc367b58a693eb7dfa40171f48959648a28e1eeaf0d6225de005f6d");
  CHECK(hex(digest.of({"ab", "c"})) ==
        "b0c00b9c008947559cd4524980c14546efc123c1f72f20f7333f624bee6bc469");
  CHECK(hex(digest.of({std::string(1000, 'x'), std::string_view("\0\xff", 2)})) ==
        "968b51cf09a6e87751c83dd6ccb84089c4c57462d95d8b352d8f2326a7683f5e");
}

TEST_CASE("one digest leaves nothing behind for the next") {
  core::KeyedDigest digest(counting_key());
  const core::Digest first = digest.of({"user", "password"});
  CHECK(digest.of({"another"}) != first);
  CHECK(digest.of({"user", "password"}) == first);
}

TEST_CASE("random keys are different, and so are their digests") {
  const auto one = core::KeyedDigest::Key::random();
  const auto two = core::KeyedDigest::Key::random();
  CHECK(one.bytes != two.bytes);
  CHECK(core::KeyedDigest(one).of({"x"}) != core::KeyedDigest(two).of({"x"}));
  CHECK(core::KeyedDigest(one).of({"x"}) == core::KeyedDigest(one).of({"x"}));
}

TEST_CASE("digests are keys of hash tables") {
  core::KeyedDigest digest(counting_key());
  std::unordered_set<core::Digest, core::DigestHash> set;
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 1000; ++i) {
    const core::Digest one = digest.of({std::to_string(i)});
    set.insert(one);
    hashes.insert(core::DigestHash()(one));
  }
  CHECK(set.size() == 1000);
  CHECK(hashes.size() == 1000);
}
