#include "config/peers.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>

#include "config/diagnostic.h"

namespace config {
namespace {

constexpr unsigned kMappedBits = 96;  // in front of an IPv4 address in its IPv6 form
constexpr const char* kForms =
    "such as \"10.0.0.0/8\", \"2001:db8::/32\", \"127.0.0.1\" or \"unix:\"";

struct Parsed {
  core::IpAddress address{};
  unsigned bits_max = 0;  // of a prefix as it is written
};

std::optional<Parsed> parse_address(const std::string& text) {
  Parsed parsed;
  if (text.find('\0') != std::string::npos) return std::nullopt;  // inet_pton(3) would stop there
  if (inet_pton(AF_INET6, text.c_str(), parsed.address.data()) == 1) {
    parsed.bits_max = core::AddressBlock::kBitsMax;
    return parsed;
  }
  std::array<std::uint8_t, 4> ipv4{};
  if (inet_pton(AF_INET, text.c_str(), ipv4.data()) != 1) return std::nullopt;
  parsed.address[10] = parsed.address[11] = 0xFF;
  std::copy(ipv4.begin(), ipv4.end(), parsed.address.begin() + 12);
  parsed.bits_max = core::AddressBlock::kBitsMax - kMappedBits;
  return parsed;
}

std::optional<unsigned> parse_prefix(std::string_view digits, unsigned bits_max) {
  unsigned bits = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, bits);
  if (error != std::errc{} || rest != end || bits > bits_max) return std::nullopt;
  return bits;
}

// The first address of the block that `address` is in.
core::IpAddress first_of(core::IpAddress address, unsigned prefix_bits) {
  for (unsigned bit = prefix_bits; bit < core::AddressBlock::kBitsMax; ++bit) {
    address[bit / 8] = static_cast<std::uint8_t>(address[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  return address;
}

std::string text_of(const core::IpAddress& address, bool ipv4) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::uint8_t* from = ipv4 ? &address[12] : address.data();
  static_cast<void>(inet_ntop(ipv4 ? AF_INET : AF_INET6, from, text.data(), text.size()));
  return text.data();
}

}  // namespace

std::optional<ValueError> add_peers(std::string_view text, PeerList& peers) {
  if (text == "unix:") {
    peers.unix_sockets = true;
    return std::nullopt;
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto parsed = parse_address(std::string(text.substr(0, slash)));
  if (!parsed)
    return ValueError{fmt::format("{} is not an address or network", quote(text)), kForms};
  std::optional<unsigned> prefix = parsed->bits_max;
  if (slash < text.size()) prefix = parse_prefix(text.substr(slash + 1), parsed->bits_max);
  if (!prefix) {
    return ValueError{fmt::format("{} is not a prefix length", quote(text.substr(slash + 1))),
                      fmt::format("a number from 0 to {}", parsed->bits_max)};
  }
  const bool ipv4 = parsed->bits_max < core::AddressBlock::kBitsMax;
  const core::AddressBlock block{parsed->address, *prefix + (ipv4 ? kMappedBits : 0)};
  const core::IpAddress first = first_of(block.address, block.prefix_bits);
  if (first != block.address) {
    return ValueError{fmt::format("{} has bits behind its prefix", quote(text)),
                      fmt::format("did you mean \"{}/{}\"?", text_of(first, ipv4), *prefix)};
  }
  peers.blocks.push_back(block);
  return std::nullopt;
}

}  // namespace config
