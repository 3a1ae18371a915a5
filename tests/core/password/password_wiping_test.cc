// Goal: the hasher leaves no password behind. Method: the heap and the stack of this process are
// searched, through the kernel, for a password that exists nowhere but in one buffer: it is found
// while it is there (else the search would prove nothing), and not after it has been hashed,
// compared and removed.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

#include "core/base/unique_fd.h"
#include "core/password/password_hasher.h"

namespace {

constexpr std::size_t kSize = 24;
constexpr char kMask = 0x15;

// The password with each byte masked, so that the pattern itself is not found.
constexpr std::array<char, kSize> masked() {
  std::array<char, kSize> bytes{};
  for (std::size_t index = 0; index < kSize; ++index) {
    bytes[index] = static_cast<char>(('A' + static_cast<int>(index)) ^ kMask);
  }
  return bytes;
}
constexpr auto kMasked = masked();

// AddressSanitizer's heap lies where the kernel has no name for it.
#ifdef __SANITIZE_ADDRESS__
constexpr int kSearched = 1;
#else
constexpr int kSearched = 2;
#endif

constexpr std::size_t kChunk = 1U << 16U;
// Neither on the heap nor on the stack: what was read is not to be found there.
std::array<char, kChunk>& chunk() {
  static std::array<char, kChunk> bytes;
  return bytes;
}

bool contains(std::size_t size) {
  const auto matches = [](char in_memory, char wanted) { return (in_memory ^ kMask) == wanted; };
  const std::string_view read(chunk().data(), size);
  return std::search(read.begin(), read.end(), kMasked.begin(), kMasked.end(), matches) !=
         read.end();
}

bool is_between(int memory, std::uintptr_t begin, std::uintptr_t end) {
  while (begin < end) {
    const std::size_t size = std::min<std::size_t>(kChunk, end - begin);
    const ssize_t got = ::pread(memory, chunk().data(), size, static_cast<off_t>(begin));
    if (got <= 0) return false;
    if (contains(static_cast<std::size_t>(got))) return true;
    if (static_cast<std::size_t>(got) < size || size < kChunk) return false;
    begin += kChunk - (kSize - 1);
  }
  return false;
}

int places_in_memory() {
  const core::UniqueFd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  REQUIRE(memory.valid());
  int places = 0;
  int searched = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (!line.ends_with("[heap]") && !line.ends_with("[stack]")) continue;
    std::size_t dash = 0;
    const std::uintptr_t begin = std::stoul(line, &dash, 16);
    const std::uintptr_t end = std::stoul(line.substr(dash + 1), nullptr, 16);
    ++searched;
    places += is_between(memory.get(), begin, end) ? 1 : 0;
  }
  CHECK(searched == kSearched);
  return places;
}

}  // namespace

TEST_CASE("after a hash and a comparison the password is in no memory of ours") {
  const auto hash = core::read_password_hash(
      "$6$rounds=1000$abc$MqEcPZUYRGGcOeq7PhMpfjfu/F0HrVEI0OlZBijWvO8mSG77iNUDP5MqFceKpJTBc8iITV"
      "tNyLiNTRNCxv6oh0");
  REQUIRE(hash);
  core::PasswordHasher hasher;
  CHECK(places_in_memory() == 0);
  std::array<char, kSize> password{};
  std::transform(kMasked.begin(), kMasked.end(), password.begin(),
                 [](char c) { return static_cast<char>(c ^ kMask); });
  const std::string_view text(password.data(), password.size());
  CHECK(places_in_memory() == 1);
  CHECK(!hasher.verify(text, *hash));
  CHECK(!hasher.hash(text, 4).empty());
  ::explicit_bzero(password.data(), password.size());
  CHECK(places_in_memory() == 0);
}
