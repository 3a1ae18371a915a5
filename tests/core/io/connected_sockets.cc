#include "tests/core/io/connected_sockets.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace test {
namespace {

constexpr int kFailAfterMilliseconds = 10'000;

sockaddr_in local_address(const core::UniqueFd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  return address;
}

}  // namespace

ConnectedSockets unix_pair() {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {core::UniqueFd(ends[0]), core::UniqueFd(ends[1])};
}

ConnectedSockets tcp_pair() {
  const core::UniqueFd listening = listener();
  core::UniqueFd peer = connect_to(listening);
  REQUIRE(wait_for(listening, POLLIN));
  core::UniqueFd ours(::accept4(listening.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  REQUIRE(ours.valid());
  return {std::move(ours), std::move(peer)};
}

core::UniqueFd listener() {
  core::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(socket.get(), 4096) == 0);
  return socket;
}

core::UniqueFd connect_to(const core::UniqueFd& listener) {
  const sockaddr_in address = local_address(listener);
  core::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  return socket;
}

bool put(const core::UniqueFd& socket, std::string_view bytes) {
  const ssize_t size =
      ::send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return size == static_cast<ssize_t>(bytes.size());
}

std::size_t fill(const core::UniqueFd& socket) {
  const std::string bytes(64 * 1024, 'f');
  std::size_t total = 0;
  for (;;) {
    const ssize_t size =
        ::send(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) return total;
    total += static_cast<std::size_t>(size);
  }
}

std::string take(const core::UniqueFd& socket, std::size_t size_max) {
  std::string bytes;
  std::array<char, 64 * 1024> buffer{};
  while (bytes.size() < size_max) {
    const std::size_t wanted = std::min(buffer.size(), size_max - bytes.size());
    const ssize_t size = ::recv(socket.get(), buffer.data(), wanted, MSG_DONTWAIT);
    if (size <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return bytes;
}

std::string take_waiting(const core::UniqueFd& socket, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size && wait_for(socket, POLLIN)) {
    const std::string piece = take(socket, size - bytes.size());
    if (piece.empty()) break;
    bytes += piece;
  }
  return bytes;
}

bool wait_for(const core::UniqueFd& socket, short events) {
  pollfd request{socket.get(), events, 0};
  return ::poll(&request, 1, kFailAfterMilliseconds) == 1;
}

void reset_connection(core::UniqueFd& socket) {
  const linger now{1, 0};
  REQUIRE(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
  socket.reset();
}

void end_sending(const core::UniqueFd& socket) { REQUIRE(::shutdown(socket.get(), SHUT_WR) == 0); }

void shrink_buffers(const ConnectedSockets& sockets) {
  const int bytes = 16 * 1024;
  for (const core::UniqueFd* socket : {&sockets.ours, &sockets.peer}) {
    REQUIRE(::setsockopt(socket->get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0);
    REQUIRE(::setsockopt(socket->get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes) == 0);
  }
}

std::string varied_bytes(std::size_t size, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace test
