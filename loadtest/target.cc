#include "loadtest/target.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

namespace loadtest {
namespace {

constexpr std::string_view kPlainScheme = "http://";
constexpr std::uint16_t kPlainPort = 80;
constexpr std::string_view kSecureScheme = "https://";
constexpr std::uint16_t kSecurePort = 443;

struct HostPort {
  std::string host;
  std::string port;
};

HostPort split_authority(std::string_view authority) {
  const auto behind_bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const auto colon = behind_bracket == std::string_view::npos ? std::string_view::npos
                                                              : authority.find(':', behind_bracket);
  std::string_view host = authority.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::string port;
  if (colon != std::string_view::npos) port = authority.substr(colon + 1);
  return {std::string(host), port};
}

bool may_be_sent(std::string_view path) {
  return std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

core::Result<Target> parse_target(const std::string& url) {
  const auto wrong = [&url](std::string_view why) {
    return core::unexpected(core::Error{"\"" + url + "\": " + std::string(why)});
  };
  const bool secure = url.starts_with(kSecureScheme);
  if (!secure && !url.starts_with(kPlainScheme)) {
    return wrong("a target begins with http:// or https://");
  }
  std::string_view rest =
      std::string_view(url).substr(secure ? kSecureScheme.size() : kPlainScheme.size());
  rest = rest.substr(0, rest.find('#'));
  const auto path_at = std::min(rest.find_first_of("/?"), rest.size());
  Target target;
  target.secure = secure;
  target.authority = rest.substr(0, path_at);
  target.path = rest.substr(path_at);
  if (!target.path.starts_with('/')) target.path.insert(0, "/");
  if (!may_be_sent(target.path)) return wrong("spaces and such have to be escaped");

  auto [host, port_text] = split_authority(target.authority);
  std::uint16_t port = secure ? kSecurePort : kPlainPort;
  if (!port_text.empty()) {
    const char* end = port_text.data() + port_text.size();
    const auto [read_to, error] = std::from_chars(port_text.data(), end, port);
    if (error != std::errc{} || read_to != end || port == 0) return wrong("no port number");
  }
  target.host = host;
  if (host == "localhost") host = "127.0.0.1";
  // An empty host would be every address of this machine.
  auto address = core::SocketAddress::parse(host, port);
  if (host.empty() || !address) return wrong("the host has to be a numeric address or localhost");
  target.address = *address;
  return target;
}

bool is_loopback(const core::SocketAddress& address) {
  const auto ip = address.ip();
  if (!ip) return false;
  const bool ipv4 =
      std::all_of(ip->begin(), ip->begin() + 10, [](auto byte) { return byte == 0; }) &&
      (*ip)[10] == 0xFF && (*ip)[11] == 0xFF;
  if (ipv4) return (*ip)[12] == 127;
  return std::all_of(ip->begin(), ip->end() - 1, [](auto byte) { return byte == 0; }) &&
         ip->back() == 1;
}

}  // namespace loadtest
