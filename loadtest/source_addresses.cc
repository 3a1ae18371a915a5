#include "loadtest/source_addresses.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

namespace loadtest {
namespace {

constexpr unsigned kBits = 32;

// Behind the slash; nothing: it is no number of bits.
std::optional<std::uint32_t> mask_behind(const std::string& prefix) {
  unsigned bits = 0;
  const char* end = prefix.data() + prefix.size();
  const auto [read_to, error] = std::from_chars(prefix.data(), end, bits);
  if (error != std::errc{} || read_to != end || bits > kBits) return std::nullopt;
  return static_cast<std::uint32_t>((std::uint64_t{1} << (kBits - bits)) - 1);
}

}  // namespace

core::Result<SourceAddresses> parse_source_addresses(const std::string& text) {
  const auto slash = text.find('/');
  in_addr base{};
  const bool is_address = ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &base) == 1;
  const std::optional<std::uint32_t> mask =
      slash == std::string::npos ? 0U : mask_behind(text.substr(slash + 1));
  if (!is_address || !mask) {
    return core::unexpected(core::Error{"\"" + text + "\" is not an IPv4 ADDRESS[/BITS]"});
  }
  return SourceAddresses{ntohl(base.s_addr), *mask};
}

sockaddr_in source_address(const SourceAddresses& addresses, std::uint64_t number) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl((addresses.base & ~addresses.mask) |
                                  (static_cast<std::uint32_t>(number) & addresses.mask));
  return address;
}

}  // namespace loadtest
