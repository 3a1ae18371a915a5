// Sockets as the listeners and their owners need them: addresses, binding, options. Any thread;
// values.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/address_block.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace core {

// "192.0.2.1", "2001:db8::1"; nothing else, so no port, zone, bracket or leading zero.
[[nodiscard]] std::optional<IpAddress> parse_ip_address(std::string_view text);

// An IPv4 or IPv6 address with a port, or the path of a Unix socket.
class SocketAddress {
 public:
  SocketAddress() = default;

  // `host` is numeric, or empty for every address (dual stack where the kernel has IPv6, else
  // IPv4).
  [[nodiscard]] static Result<SocketAddress> parse(const std::string& host, std::uint16_t port);
  // At most 107 bytes (unix(7)), none of them 0; not in the abstract namespace.
  [[nodiscard]] static Result<SocketAddress> parse_unix(const std::string& path);
  [[nodiscard]] static SocketAddress of_ip(const IpAddress& address, std::uint16_t port);
  [[nodiscard]] static SocketAddress of_peer(int fd);
  [[nodiscard]] static SocketAddress of_socket(int fd);

  // "127.0.0.1", "::1" (an IPv4 address mapped into IPv6 as IPv4), "unix:"; "" when unknown.
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::uint16_t port() const;
  // "127.0.0.1:80", "[::1]:80", "unix:PATH".
  [[nodiscard]] std::string to_string() const;

  // Nothing for a Unix socket, and when unknown.
  [[nodiscard]] std::optional<IpAddress> ip() const;
  // Of a Unix socket; empty for the others and for a peer that has none.
  [[nodiscard]] std::string path() const;

  // What counts as one client: an IPv4 address, in its IPv6 form (RFC 4291 2.5.5.2), or the /64
  // that an IPv6 network gives to one customer, its other half 0.
  [[nodiscard]] IpAddress client_network() const;

  [[nodiscard]] int family() const { return storage_.ss_family; }
  [[nodiscard]] const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  [[nodiscard]] socklen_t size() const { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

// `count` listening sockets on one address, one for each loop (SO_REUSEPORT: the kernel deals
// connections out). First the address is probed with an ordinary bind, retried for a second because
// a killed predecessor's ring may still hold it; without the probe a second server would silently
// share the port. Blocks for that second: not on a loop. Port 0 becomes the same free port for all.
[[nodiscard]] Result<std::vector<UniqueFd>> listen_on(const SocketAddress& address,
                                                      std::size_t count);

// Sockets that listen_on() accepts keep little waiting behind what congestion control lets out
// (TCP_NOTSENT_LOWAT, tcp(7)); from now on this one keeps as much as its buffer holds. A hint:
// nothing happens to a socket of another kind. Any thread.
void lift_unsent_limit(int socket);

}  // namespace core
