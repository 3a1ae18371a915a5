// Sockets as the listeners and their owners need them: addresses, binding, options. Any thread;
// values.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace core {

// An IPv4 or IPv6 address with a port.
class SocketAddress {
 public:
  SocketAddress() = default;

  // `host` is numeric, or empty for every address (dual stack where the kernel has IPv6, else
  // IPv4).
  [[nodiscard]] static Result<SocketAddress> parse(const std::string& host, std::uint16_t port);
  [[nodiscard]] static SocketAddress of_peer(int fd);
  [[nodiscard]] static SocketAddress of_socket(int fd);

  // "127.0.0.1", "::1" (an IPv4 address mapped into IPv6 as IPv4); "" when unknown.
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::uint16_t port() const;
  // "127.0.0.1:80", "[::1]:80".
  [[nodiscard]] std::string to_string() const;

  // What counts as one client: an IPv4 address, in its IPv6 form (RFC 4291 2.5.5.2), or the /64
  // that an IPv6 network gives to one customer, its other half 0.
  [[nodiscard]] std::array<std::uint8_t, 16> client_network() const;

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

}  // namespace core
