#include "config/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "config/diagnostic.h"

namespace config {
namespace {

constexpr std::size_t kPortDigitsMax = 5;
constexpr std::string_view kUnix = "unix:";
constexpr std::size_t kUnixPathBytesMax = 107;

core::unexpected<ValueError> refuse(std::string message, std::string help) {
  return core::unexpected(ValueError{std::move(message), std::move(help)});
}

// The canonical form of a numeric address.
std::optional<std::string> canonical_host(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  // inet_pton(3) reads up to a NUL.
  if (host.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(family, host.c_str(), address.data()) != 1) return std::nullopt;
  if (inet_ntop(family, address.data(), text.data(), text.size()) == nullptr) return std::nullopt;
  return text.data();
}

bool is_ipv6(std::string_view host) {
  return canonical_host(AF_INET6, std::string(host)).has_value();
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

core::Result<std::uint16_t, ValueError> parse_port(std::string_view digits) {
  unsigned value = 0;
  constexpr unsigned kPortMax = std::numeric_limits<std::uint16_t>::max();
  if (is_number(digits) && digits.size() <= kPortDigitsMax) {
    static_cast<void>(std::from_chars(digits.data(), digits.data() + digits.size(), value));
    if (value <= kPortMax) return static_cast<std::uint16_t>(value);
  }
  return refuse(fmt::format("{} is not a port", quote(digits)),
                "a number from 0 to 65535 (0: any that is free)");
}

// The forms that are wrong as a whole, before it is worth splitting them.
std::optional<ValueError> refuse_form(std::string_view text) {
  if (text.empty()) return ValueError{"an empty address", "write \":8080\" or \"127.0.0.1:8080\""};
  if (text.starts_with("fd:")) {
    return ValueError{"\"fd:\" addresses are not supported yet",
                      "write \":8080\" or \"127.0.0.1:8080\""};
  }
  if (text.find("//") != std::string_view::npos) {
    return ValueError{fmt::format("{} is a URL, not an address", quote(text)),
                      "write \":8080\" or \"127.0.0.1:8080\""};
  }
  if (is_number(text)) {
    return ValueError{
        fmt::format("{} is not an address", quote(text)),
        fmt::format("a port alone is written \":{}\"", text.substr(0, kPortDigitsMax))};
  }
  if (is_ipv6(text)) {
    return ValueError{fmt::format("the port is missing in {}", quote(text)),
                      fmt::format("write \"[{}]:8080\"", text)};
  }
  return std::nullopt;
}

core::Result<std::string, ValueError> parse_ipv6(std::string_view bracketed) {
  if (bracketed.size() >= 2 && bracketed.back() == ']') {
    const std::string host(bracketed.substr(1, bracketed.size() - 2));
    if (auto canonical = canonical_host(AF_INET6, host)) return *canonical;
    if (host.find('%') != std::string::npos) {
      return refuse(fmt::format("{} has a zone, which is not supported", quote(bracketed)),
                    "write the address alone");
    }
  }
  return refuse(fmt::format("{} is not an IPv6 address in brackets", quote(bracketed)),
                "such as \"[::1]:8080\"");
}

core::Result<std::string, ValueError> parse_host(std::string_view host, std::string_view port) {
  if (host.empty()) return std::string();
  if (host.front() == '[') return parse_ipv6(host);
  if (auto canonical = canonical_host(AF_INET, std::string(host))) return *canonical;
  if (host == "*") {
    return refuse("\"*\" is not an address", fmt::format("every address is written \":{}\"", port));
  }
  if (host == "localhost") {
    return refuse("\"localhost\" is a name, not an address",
                  fmt::format("use \"127.0.0.1:{0}\" or \"[::1]:{0}\"", port));
  }
  if (host.find(':') != std::string_view::npos) {
    return refuse(fmt::format("{} is not an address", quote(host)),
                  is_ipv6(host) ? fmt::format("write \"[{}]:{}\"", host, port)
                                : "IPv6 addresses stand in brackets: \"[::1]:8080\"");
  }
  return refuse(fmt::format("{} is not a numeric IP address", quote(host)),
                fmt::format("such as \"127.0.0.1:{0}\", or \":{0}\" for every address", port));
}

// unix(7): with its NUL the path has to fit 108 bytes.
core::Result<ListenAddress, ValueError> parse_unix(std::string_view text) {
  const std::string_view path = text.substr(kUnix.size());
  if (path.empty() || path.ends_with('/')) {
    return refuse(fmt::format("{} names no socket", quote(text)),
                  "such as \"unix:/run/ouro.sock\"");
  }
  if (path.size() > kUnixPathBytesMax) {
    return refuse(fmt::format("the path of a Unix socket has at most {} bytes", kUnixPathBytesMax),
                  {});
  }
  ListenAddress address;
  address.unix_path = path;
  address.text = text;
  return address;
}

}  // namespace

core::Result<ListenAddress, ValueError> parse_listen_address(std::string_view text) {
  if (text.starts_with(kUnix)) return parse_unix(text);
  if (auto error = refuse_form(text)) return core::unexpected(std::move(*error));
  const std::size_t colon = text.rfind(':');
  const bool bracket_last = text.back() == ']';
  if (colon == std::string_view::npos || bracket_last) {
    const auto host = parse_host(text, "8080");
    if (!host) return core::unexpected(host.error());
    return refuse(fmt::format("the port is missing in {}", quote(text)),
                  fmt::format("write \"{}:8080\"", text));
  }
  const std::string_view port_text = text.substr(colon + 1);
  const auto port = parse_port(port_text);
  if (!port) return core::unexpected(port.error());
  auto host = parse_host(text.substr(0, colon), port_text);
  if (!host) return core::unexpected(std::move(host.error()));
  ListenAddress address;
  address.host = std::move(*host);
  address.port = *port;
  address.text = text;
  return address;
}

}  // namespace config
