// Goal: a block holds the addresses that share its prefix, and no other.
// Method: a table of prefixes that end at and inside a byte, each with its first and last address
// and the neighbours of both.

#include "core/base/address_block.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using core::AddressBlock;
using core::IpAddress;

IpAddress ipv4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  return {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, a, b, c, d};
}

}  // namespace

TEST_CASE("a block ends where its prefix says") {
  struct Case {
    AddressBlock block;
    IpAddress first{}, last{}, before{}, after{};
  };
  const Case cases[] = {
      {{ipv4(10, 0, 0, 0), 104},
       ipv4(10, 0, 0, 0),
       ipv4(10, 255, 255, 255),
       ipv4(9, 255, 255, 255),
       ipv4(11, 0, 0, 0)},
      {{ipv4(172, 16, 0, 0), 108},
       ipv4(172, 16, 0, 0),
       ipv4(172, 31, 255, 255),
       ipv4(172, 15, 255, 255),
       ipv4(172, 32, 0, 0)},
      {{ipv4(192, 0, 2, 7), 128},
       ipv4(192, 0, 2, 7),
       ipv4(192, 0, 2, 7),
       ipv4(192, 0, 2, 6),
       ipv4(192, 0, 2, 8)},
      {{{0x20, 0x01, 0x0D, 0xB8}, 33},
       {0x20, 0x01, 0x0D, 0xB8},
       {0x20, 0x01, 0x0D, 0xB8, 0x7F, 0xFF},
       {0x20, 0x01, 0x0D, 0xB7, 0xFF},
       {0x20, 0x01, 0x0D, 0xB8, 0x80}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.block.prefix_bits);
    CHECK(c.block.contains(c.first));
    CHECK(c.block.contains(c.last));
    CHECK(!c.block.contains(c.before));
    CHECK(!c.block.contains(c.after));
  }
}

TEST_CASE("the empty prefix holds every address") {
  const AddressBlock everything{{}, 0};
  CHECK(everything.contains(ipv4(1, 2, 3, 4)));
  CHECK(everything.contains({0xFF, 0xFF}));
}
