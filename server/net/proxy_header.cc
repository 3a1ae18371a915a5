#include "server/net/proxy_header.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/invariant.h"
#include "core/io/socket.h"

namespace server {
namespace {

using Source = ProxyHeader::Source;

constexpr std::string_view kLineStart = "PROXY ";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kHeaderBytesMax = ProxyHeader::kFixedBytes + ProxyHeader::kVariableBytesMax;
static_assert(ProxyHeader::kLineBytesMax < kHeaderBytesMax);

// 2.2: the two addresses and ports of a family, which TLVs may follow.
constexpr std::size_t kIpv4Bytes = 12;
constexpr std::size_t kIpv6Bytes = 36;
constexpr std::size_t kUnixBytes = 216;

enum Command : unsigned { kLocal = 0, kProxy = 1 };
enum Family : unsigned { kUnspecified = 0, kIpv4 = 1, kIpv6 = 2, kUnix = 3 };
enum Transport : unsigned { kStream = 1, kDatagram = 2 };

bool begins_alike(std::string_view bytes, std::string_view start) {
  const std::size_t size = std::min(bytes.size(), start.size());
  return bytes.substr(0, size) == start.substr(0, size);
}

// What is before the next space, which is taken off too: 2.1 has exactly one between two parts.
std::string_view take_part(std::string_view& rest) {
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view part = rest.substr(0, space);
  rest.remove_prefix(std::min(space + 1, rest.size()));
  return part;
}

// 2.1: decimal, no leading zeroes.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return port;
}

std::optional<core::IpAddress> parse_address(std::string_view text, Family family) {
  if ((text.find(':') != std::string_view::npos) != (family == kIpv6)) return std::nullopt;
  return core::parse_ip_address(text);
}

// What follows the protocol: "SOURCE DESTINATION PORT PORT".
std::optional<Source> parse_line_addresses(std::string_view rest, Family family) {
  if (std::count(rest.begin(), rest.end(), ' ') != 3) return std::nullopt;
  const auto source = parse_address(take_part(rest), family);
  const auto destination = parse_address(take_part(rest), family);
  const auto source_port = parse_port(take_part(rest));
  const auto destination_port = parse_port(take_part(rest));
  if (!source || !destination || !source_port || !destination_port) return std::nullopt;
  return Source{*source, *source_port};
}

}  // namespace

std::size_t ProxyHeader::receive(std::span<const std::byte> bytes) {
  INVARIANT(state_ == State::kIncomplete);
  const std::size_t before = bytes_.size();
  const std::size_t taken = std::min(bytes.size(), kHeaderBytesMax - before);
  bytes_.append(reinterpret_cast<const char*>(bytes.data()), taken);
  const std::size_t size = parse();
  if (size == 0) return taken;
  INVARIANT(size > before && state_ == State::kIncomplete);
  state_ = State::kComplete;
  return size - before;
}

// 2: nothing else may begin a connection; a receiver must not guess.
std::size_t ProxyHeader::parse() {
  if (bytes_.empty()) return 0;
  if (begins_alike(bytes_, kLineStart)) return parse_line();
  if (begins_alike(bytes_, kSignature)) return parse_binary();
  return refuse();
}

// 2.1: "PROXY TCP4 192.0.2.1 192.0.2.9 4711 80" and CRLF.
std::size_t ProxyHeader::parse_line() {
  const std::string_view start = std::string_view(bytes_).substr(0, kLineBytesMax);
  const std::size_t line_end = start.find("\r\n");
  if (line_end == std::string_view::npos) return start.size() < kLineBytesMax ? 0 : refuse();
  if (line_end < kLineStart.size()) return refuse();
  std::string_view rest = start.substr(kLineStart.size(), line_end - kLineStart.size());
  const std::string_view protocol = take_part(rest);
  if (protocol == "TCP4" || protocol == "TCP6") {
    source_ = parse_line_addresses(rest, protocol == "TCP4" ? kIpv4 : kIpv6);
    if (!source_) return refuse();
  } else if (protocol != "UNKNOWN") {  // after which the rest of the line must be ignored
    return refuse();
  }
  return line_end + 2;
}

// 2.2. Each byte is judged as soon as it is there, in their order.
std::size_t ProxyHeader::parse_binary() {
  const auto byte = [this](std::size_t i) -> unsigned {
    return static_cast<unsigned char>(bytes_[i]);
  };
  if (bytes_.size() <= 12) return 0;
  const unsigned command = byte(12) & 0xFU;
  if (byte(12) >> 4U != 2 || command > kProxy) return refuse();
  if (bytes_.size() <= 13) return 0;
  const unsigned family = byte(13) >> 4U;
  const unsigned transport = byte(13) & 0xFU;
  // LOCAL: the family is ignored, whatever it says.
  const bool proxied = command == kProxy;
  if (proxied && (family > kUnix || transport > kDatagram)) return refuse();
  if (bytes_.size() < kFixedBytes) return 0;
  const std::size_t variable = byte(14) << 8U | byte(15);
  constexpr std::array<std::size_t, 4> kAddressBytes{0, kIpv4Bytes, kIpv6Bytes, kUnixBytes};
  if (variable > kVariableBytesMax) return refuse();
  if (proxied && variable < kAddressBytes[family]) return refuse();
  if (bytes_.size() < kFixedBytes + variable) return 0;
  // A valid combination that a receiver has no use for falls back to UNSPEC: the connection's own
  // address. So do datagrams, which nothing here is.
  if (!proxied || transport != kStream || (family != kIpv4 && family != kIpv6)) {
    return kFixedBytes + variable;
  }
  source_ = Source{};
  const std::size_t address_size = family == kIpv4 ? 4 : 16;
  if (family == kIpv4) source_->address[10] = source_->address[11] = 0xFF;
  std::copy_n(bytes_.begin() + kFixedBytes, address_size,
              source_->address.end() - static_cast<std::ptrdiff_t>(address_size));
  const std::size_t port_at = kFixedBytes + 2 * address_size;
  source_->port = static_cast<std::uint16_t>(byte(port_at) << 8U | byte(port_at + 1));
  return kFixedBytes + variable;
}

std::size_t ProxyHeader::refuse() {
  state_ = State::kBad;
  source_.reset();
  return 0;
}

}  // namespace server
