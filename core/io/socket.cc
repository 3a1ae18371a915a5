#include "core/io/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <thread>

#include "core/base/clock.h"
#include "core/base/invariant.h"

namespace core {
namespace {

// What may wait in an accepted socket behind what congestion control lets out, tcp(7). With BBR a
// connection that begins with a deep queue paces by a timer for each segment ever after: a third of
// the throughput on a fast path. With CUBIC both are the same.
constexpr int kUnsentBytes = 32 * 1024;
constexpr int kBacklog = 4096;  // cut by net.core.somaxconn
constexpr int kDeferAcceptSeconds = 1;
constexpr std::chrono::milliseconds kProbeFor{1000};
constexpr std::chrono::milliseconds kProbeEvery{50};

const sockaddr_in& as_ipv4(const sockaddr_storage& storage) {
  return *reinterpret_cast<const sockaddr_in*>(&storage);
}
const sockaddr_in6& as_ipv6(const sockaddr_storage& storage) {
  return *reinterpret_cast<const sockaddr_in6*>(&storage);
}

bool enable(int fd, int level, int option, int value = 1) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool kernel_has_ipv6() {
  const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd.valid();
}

enum class Sharing : std::uint8_t { kNone, kReusePort };

Result<UniqueFd> bound_socket(const SocketAddress& address, Sharing sharing) {
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return unexpected(system_error("cannot make a socket", errno));
  const int dual_stack_off = 0;
  const bool prepared =
      enable(fd.get(), SOL_SOCKET, SO_REUSEADDR) &&
      (sharing == Sharing::kNone || enable(fd.get(), SOL_SOCKET, SO_REUSEPORT)) &&
      (address.family() != AF_INET6 ||
       enable(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, address.host() == "::" ? dual_stack_off : 1));
  if (!prepared) return unexpected(system_error("cannot prepare a socket", errno));
  if (::bind(fd.get(), address.data(), address.size()) != 0) {
    return unexpected(system_error("cannot listen on " + address.to_string(), errno));
  }
  return fd;
}

// The address with the port that is really free there; an error if somebody has it.
Result<SocketAddress> probe(const SocketAddress& address) {
  const TimePoint give_up = Clock::now() + kProbeFor;
  for (;;) {
    auto fd = bound_socket(address, Sharing::kNone);
    // bind(2) with SO_REUSEADDR succeeds beside a socket that is bound but not listening; listening
    // is what decides.
    if (fd && ::listen(fd->get(), 1) == 0) return SocketAddress::of_socket(fd->get());
    Error error = fd ? system_error("cannot listen on " + address.to_string(), errno) : fd.error();
    if (error.errno_value != EADDRINUSE || Clock::now() >= give_up) return unexpected(error);
    std::this_thread::sleep_for(kProbeEvery);
  }
}

Result<UniqueFd> listening_socket(const SocketAddress& address) {
  auto fd = bound_socket(address, Sharing::kReusePort);
  if (!fd) return fd;
  // All are inherited by accepted sockets or act on the listener: one call here saves one per
  // connection. None is vital, so a kernel without them is no error.
  static_cast<void>(enable(fd->get(), IPPROTO_TCP, TCP_NODELAY));
  static_cast<void>(enable(fd->get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, kDeferAcceptSeconds));
  static_cast<void>(enable(fd->get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes));
  if (::listen(fd->get(), kBacklog) != 0) {
    return unexpected(system_error("cannot listen on " + address.to_string(), errno));
  }
  return fd;
}

}  // namespace

void lift_unsent_limit(int socket) {
  static_cast<void>(enable(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, -1));
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};  // with the 0 that ends it
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), copy.begin());
  IpAddress address{};
  if (::inet_pton(AF_INET6, copy.data(), address.data()) == 1) return address;
  address[10] = address[11] = 0xFF;
  if (::inet_pton(AF_INET, copy.data(), &address[12]) == 1) return address;
  return std::nullopt;
}

Result<SocketAddress> SocketAddress::parse(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  const bool any = host.empty();
  const bool any_ipv6 = any && kernel_has_ipv6();
  if (any_ipv6 || ::inet_pton(AF_INET6, host.c_str(), &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    std::memcpy(&address.storage_, &ipv6, sizeof ipv6);
    address.size_ = sizeof ipv6;
    return address;
  }
  if (any || ::inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    std::memcpy(&address.storage_, &ipv4, sizeof ipv4);
    address.size_ = sizeof ipv4;
    return address;
  }
  return unexpected(Error{"\"" + host + "\" is not a numeric address", EINVAL});
}

Result<SocketAddress> SocketAddress::parse_unix(const std::string& path) {
  sockaddr_un name{};
  if (path.empty() || path.size() >= sizeof name.sun_path || path.find('\0') != std::string::npos) {
    return unexpected(
        Error{"\"" + path + "\" is no path of a Unix socket (1 to 107 bytes)", EINVAL});
  }
  name.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), name.sun_path);
  SocketAddress address;
  std::memcpy(&address.storage_, &name, sizeof name);
  address.size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

SocketAddress SocketAddress::of_ip(const IpAddress& ip, std::uint16_t port) {
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(port);
  std::memcpy(&ipv6.sin6_addr, ip.data(), ip.size());
  SocketAddress address;
  std::memcpy(&address.storage_, &ipv6, sizeof ipv6);
  address.size_ = sizeof ipv6;
  return address;
}

SocketAddress SocketAddress::of_peer(int fd) {
  SocketAddress address;
  address.size_ = sizeof address.storage_;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_) != 0) {
    return {};
  }
  return address;
}

SocketAddress SocketAddress::of_socket(int fd) {
  SocketAddress address;
  address.size_ = sizeof address.storage_;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_) != 0) {
    return {};
  }
  return address;
}

std::string SocketAddress::host() const {
  if (family() == AF_UNIX) return "unix:";
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    ::inet_ntop(AF_INET, &as_ipv4(storage_).sin_addr, text.data(), text.size());
  } else if (family() == AF_INET6) {
    const in6_addr& ipv6 = as_ipv6(storage_).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&ipv6)) {
      ::inet_ntop(AF_INET, &ipv6.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &ipv6, text.data(), text.size());
    }
  }
  return text.data();
}

std::optional<IpAddress> SocketAddress::ip() const {
  IpAddress ip{};
  if (family() == AF_INET) {
    ip[10] = ip[11] = 0xFF;
    std::memcpy(&ip[12], &as_ipv4(storage_).sin_addr, 4);
    return ip;
  }
  if (family() != AF_INET6) return std::nullopt;
  std::memcpy(ip.data(), &as_ipv6(storage_).sin6_addr, ip.size());
  return ip;
}

std::string SocketAddress::path() const {
  if (family() != AF_UNIX || size_ <= offsetof(sockaddr_un, sun_path)) return {};
  const auto& name = *reinterpret_cast<const sockaddr_un*>(&storage_);
  return {name.sun_path, ::strnlen(name.sun_path, size_ - offsetof(sockaddr_un, sun_path))};
}

IpAddress SocketAddress::client_network() const {
  IpAddress network{};
  if (family() == AF_INET) {
    network[10] = network[11] = 0xFF;
    std::memcpy(&network[12], &as_ipv4(storage_).sin_addr, 4);
  } else if (family() == AF_INET6) {
    const in6_addr& ipv6 = as_ipv6(storage_).sin6_addr;
    const std::size_t prefix_bytes = IN6_IS_ADDR_V4MAPPED(&ipv6) ? 16 : 8;
    std::memcpy(network.data(), &ipv6, prefix_bytes);
  }
  return network;
}

std::uint16_t SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(as_ipv4(storage_).sin_port);
  if (family() == AF_INET6) return ntohs(as_ipv6(storage_).sin6_port);
  return 0;
}

std::string SocketAddress::to_string() const {
  if (family() == AF_UNIX) return "unix:" + path();
  const std::string name = host();
  const std::string port_text = std::to_string(port());
  if (name.find(':') != std::string::npos) return "[" + name + "]:" + port_text;
  return name + ":" + port_text;
}

Result<std::vector<UniqueFd>> listen_on(const SocketAddress& address, std::size_t count) {
  INVARIANT(count > 0);
  const auto free_address = probe(address);
  if (!free_address) return unexpected(free_address.error());
  std::vector<UniqueFd> sockets;
  for (std::size_t i = 0; i < count; ++i) {
    auto fd = listening_socket(*free_address);
    if (!fd) return unexpected(fd.error());
    sockets.push_back(std::move(*fd));
  }
  return sockets;
}

}  // namespace core
