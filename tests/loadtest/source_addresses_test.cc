// Goal: a block is read as it is written, and its addresses come one after the other and round.
// Method: tables.

#include "loadtest/source_addresses.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <string>

using loadtest::parse_source_addresses;

namespace {

std::string nth(const std::string& block, std::uint64_t number) {
  const auto addresses = parse_source_addresses(block);
  REQUIRE(addresses);
  const sockaddr_in address = loadtest::source_address(*addresses, number);
  CHECK(address.sin_family == AF_INET);
  CHECK(address.sin_port == 0);
  std::array<char, INET_ADDRSTRLEN> text{};
  REQUIRE(::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) != nullptr);
  return text.data();
}

}  // namespace

TEST_CASE("addresses of a block, one after the other and round") {
  CHECK(nth("127.64.0.0/10", 0) == "127.64.0.0");
  CHECK(nth("127.64.0.0/10", 257) == "127.64.1.1");
  CHECK(nth("127.64.0.0/10", 0x3FFFFF) == "127.127.255.255");
  CHECK(nth("127.64.0.0/10", 0x400000) == "127.64.0.0");
  CHECK(nth("127.64.0.0/10", 0xFFFF'FFFF'FFFF'FFFF) == "127.127.255.255");
  CHECK(nth("127.0.0.3/31", 0) == "127.0.0.2");
  CHECK(nth("127.0.0.3/31", 1) == "127.0.0.3");
  CHECK(nth("0.0.0.0/0", 0x7F00'0001) == "127.0.0.1");
}

TEST_CASE("a block of one") {
  for (const std::uint64_t number : {0U, 1U, 77U}) {
    CHECK(nth("127.0.0.2", number) == "127.0.0.2");
    CHECK(nth("127.0.0.2/32", number) == "127.0.0.2");
  }
}

TEST_CASE("what is no block") {
  for (const char* wrong : {"", "/8", "127.0.0.1/", "127.0.0.1/33", "127.0.0.1/-1", "127.0.0.1/8 ",
                            "127.0.0.1/+8", "127.1/8", "localhost", "::1/64"}) {
    CAPTURE(wrong);
    const auto addresses = parse_source_addresses(wrong);
    REQUIRE_FALSE(addresses);
    CHECK(addresses.error().message.find("is not an IPv4 ADDRESS[/BITS]") != std::string::npos);
  }
}
