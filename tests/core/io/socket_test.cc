// Goal: addresses read and write as people write them, and listening sockets are what the loops
// need. Method: tables for the texts; real sockets on loopback for the rest.

#include "core/io/socket.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/core/io/connected_sockets.h"

namespace {

using core::SocketAddress;
using core::UniqueFd;

SocketAddress address(const std::string& host, std::uint16_t port) {
  const auto parsed = SocketAddress::parse(host, port);
  REQUIRE(parsed.has_value());
  return *parsed;
}

std::vector<UniqueFd> listen_locally(std::size_t count, std::uint16_t port = 0) {
  auto sockets = core::listen_on(address("127.0.0.1", port), count);
  REQUIRE(sockets.has_value());
  return std::move(*sockets);
}

std::uint16_t port_of(const UniqueFd& socket) {
  return SocketAddress::of_socket(socket.get()).port();
}

int option(const UniqueFd& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket.get(), level, name, &value, &size) == 0);
  return value;
}

bool has_ipv6() {
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress loopback = address("::1", 0);
  return socket.valid() && ::bind(socket.get(), loopback.data(), loopback.size()) == 0;
}

// A connection to `host` that has sent a byte, because the listener waits for one.
UniqueFd connect_and_send(const std::string& host, std::uint16_t port) {
  const SocketAddress target = address(host, port);
  UniqueFd socket(::socket(target.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(socket.get(), target.data(), target.size()) == 0);
  REQUIRE(test::put(socket, "x"));
  return socket;
}

UniqueFd accept_from(const UniqueFd& listener) {
  REQUIRE(test::wait_for(listener, POLLIN));
  UniqueFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(socket.valid());
  return socket;
}

}  // namespace

TEST_CASE("numeric addresses are read and written back") {
  struct Row {
    const char* host;
    std::uint16_t port;
    int family;
    const char* host_again;
    const char* text;
  };
  for (const Row& row : {
           Row{"127.0.0.1", 80, AF_INET, "127.0.0.1", "127.0.0.1:80"},
           Row{"0.0.0.0", 0, AF_INET, "0.0.0.0", "0.0.0.0:0"},
           Row{"255.255.255.255", 65535, AF_INET, "255.255.255.255", "255.255.255.255:65535"},
           Row{"::1", 8080, AF_INET6, "::1", "[::1]:8080"},
           Row{"::", 443, AF_INET6, "::", "[::]:443"},
           Row{"2001:DB8:0:0:0:0:0:1", 1, AF_INET6, "2001:db8::1", "[2001:db8::1]:1"},
           Row{"::ffff:10.0.0.7", 9, AF_INET6, "10.0.0.7", "10.0.0.7:9"},
       }) {
    CAPTURE(row.host);
    const SocketAddress parsed = address(row.host, row.port);
    CHECK(parsed.family() == row.family);
    CHECK(parsed.port() == row.port);
    CHECK(parsed.host() == row.host_again);
    CHECK(parsed.to_string() == row.text);
  }
}

TEST_CASE("what is no numeric address is refused, with the text that was given") {
  for (const char* host : {"localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", "[::1]", "::1%lo", " ",
                           "127.0.0.1 ", "1.2.3.4:80", "*"}) {
    CAPTURE(host);
    const auto parsed = SocketAddress::parse(host, 80);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().message.find(host) != std::string::npos);
  }
}

TEST_CASE("an address alone: either family in the IPv6 form, and nothing around it") {
  const core::IpAddress ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7};
  CHECK(core::parse_ip_address("192.0.2.7") == ipv4);
  CHECK(core::parse_ip_address("::ffff:192.0.2.7") == ipv4);
  CHECK(core::parse_ip_address("::1") ==
        core::IpAddress{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  CHECK(address("192.0.2.7", 1).ip() == ipv4);
  CHECK(address("::ffff:192.0.2.7", 1).ip() == ipv4);
  CHECK(SocketAddress::of_ip(ipv4, 80).to_string() == "192.0.2.7:80");
  CHECK(SocketAddress::of_ip(*core::parse_ip_address("2001:db8::1"), 443).to_string() ==
        "[2001:db8::1]:443");
  const std::string long_text = "2001:0db8:0000:0000:0000:0000:255.255.255.255";  // the longest
  CHECK(core::parse_ip_address(long_text));
  CHECK_FALSE(core::parse_ip_address(long_text + "0"));
  for (const std::string_view text :
       {std::string_view(""), std::string_view("192.0.2.07"), std::string_view("192.0.2.7:80"),
        std::string_view("[::1]"), std::string_view("::1%lo"), std::string_view(" ::1"),
        std::string_view("192.0.2.7\0x", 11), std::string_view("localhost")}) {
    CAPTURE(text);
    CHECK_FALSE(core::parse_ip_address(text));
  }
}

TEST_CASE("the path of a Unix socket: at the kernel's limit, and one byte beyond") {
  const std::string longest(107, 'p');
  const auto parsed = SocketAddress::parse_unix(longest);
  REQUIRE(parsed.has_value());
  CHECK(parsed->family() == AF_UNIX);
  CHECK(parsed->path() == longest);
  CHECK(parsed->to_string() == "unix:" + longest);
  CHECK(parsed->port() == 0);
  CHECK(parsed->size() == sizeof(sockaddr_un));
  CHECK_FALSE(SocketAddress::parse_unix(longest + "p").has_value());
  CHECK_FALSE(SocketAddress::parse_unix("").has_value());
  CHECK_FALSE(SocketAddress::parse_unix(std::string("\0abstract", 9)).has_value());
}

TEST_CASE(
    "one client: an IPv4 address in either form, or what an IPv6 network gives to a customer") {
  using Network = std::array<std::uint8_t, 16>;
  struct Row {
    const char* host;
    Network network;
  };
  for (const Row& row : {
           // RFC 4291 2.5.5.2: ::ffff:a.b.c.d.
           Row{"192.0.2.7", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7}},
           Row{"::ffff:192.0.2.7", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 7}},
           Row{"0.0.0.0", {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0}},
           // The first 64 bits.
           Row{"2001:db8:1:2:3:4:5:6", {0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2}},
           Row{"2001:db8:1:2:ffff:ffff:ffff:ffff", {0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2}},
           Row{"2001:db8:1:2::", {0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 2}},
           Row{"2001:db8:1:3::", {0x20, 0x01, 0x0D, 0xB8, 0, 1, 0, 3}},
           Row{"::1", {}},
       }) {
    CAPTURE(row.host);
    CHECK(address(row.host, 80).client_network() == row.network);
    CHECK(address(row.host, 81).client_network() == row.network);
  }
}

TEST_CASE("an unknown address says nothing") {
  const SocketAddress none;
  CHECK(none.client_network() == std::array<std::uint8_t, 16>{});
  CHECK(none.host().empty());
  CHECK(none.port() == 0);
  CHECK(SocketAddress::of_peer(-1).host().empty());
  CHECK(SocketAddress::of_socket(-1).host().empty());
  const test::ConnectedSockets pair = test::unix_pair();
  CHECK(SocketAddress::of_peer(pair.ours.get()).host() == "unix:");
  CHECK_FALSE(SocketAddress::of_peer(pair.ours.get()).ip());
  CHECK_FALSE(none.ip());
}

TEST_CASE("both ends of a connection know each other") {
  const test::ConnectedSockets pair = test::tcp_pair();
  CHECK(SocketAddress::of_peer(pair.ours.get()).to_string() ==
        SocketAddress::of_socket(pair.peer.get()).to_string());
  CHECK(SocketAddress::of_peer(pair.ours.get()).host() == "127.0.0.1");
}

TEST_CASE("one listening socket for each loop, all on one free port") {
  const auto sockets = listen_locally(4);
  REQUIRE(sockets.size() == 4);
  const std::uint16_t port = port_of(sockets.front());
  CHECK(port != 0);
  for (const UniqueFd& socket : sockets) {
    CHECK(port_of(socket) == port);
    CHECK(option(socket, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    CHECK((::fcntl(socket.get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
  }
}

TEST_CASE("each connection reaches exactly one of the sockets, and none is left out for long") {
  const auto sockets = listen_locally(2);
  std::vector<UniqueFd> clients;
  std::size_t accepted = 0;
  std::size_t by_socket[2] = {0, 0};
  for (int i = 0; i < 64; ++i) {
    clients.push_back(connect_and_send("127.0.0.1", port_of(sockets[0])));
    pollfd requests[2] = {{sockets[0].get(), POLLIN, 0}, {sockets[1].get(), POLLIN, 0}};
    REQUIRE(::poll(requests, 2, 10'000) == 1);
    const std::size_t index = requests[0].revents != 0 ? 0 : 1;
    static_cast<void>(accept_from(sockets[index]));
    ++by_socket[index];
    ++accepted;
  }
  CHECK(accepted == 64);
  // 64 throws of the kernel's hash: that one side gets none has a chance of 2^-63.
  CHECK(by_socket[0] > 0);
  CHECK(by_socket[1] > 0);
}

TEST_CASE("accepted sockets do not delay small writes") {
  const auto sockets = listen_locally(1);
  const UniqueFd client = connect_and_send("127.0.0.1", port_of(sockets[0]));
  const UniqueFd accepted = accept_from(sockets[0]);
  CHECK(option(accepted, IPPROTO_TCP, TCP_NODELAY) != 0);
  CHECK(test::take_waiting(accepted, 1) == "x");
}

TEST_CASE("accepted sockets begin with a short queue of what is not sent yet, until it is lifted") {
  const auto sockets = listen_locally(1);
  const UniqueFd client = connect_and_send("127.0.0.1", port_of(sockets[0]));
  const UniqueFd accepted = accept_from(sockets[0]);
  CHECK(option(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT) == 32 * 1024);
  core::lift_unsent_limit(accepted.get());
  CHECK(option(accepted, IPPROTO_TCP, TCP_NOTSENT_LOWAT) == -1);  // 2^32 - 1 bytes
}

TEST_CASE("an address that somebody listens on is an error that names it") {
  const auto taken = listen_locally(1);
  const std::uint16_t port = port_of(taken[0]);
  const auto again = core::listen_on(address("127.0.0.1", port), 1);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().errno_value == EADDRINUSE);
  CHECK(again.error().message.find("127.0.0.1:" + std::to_string(port)) != std::string::npos);
}

TEST_CASE("a predecessor that goes within the second is waited for") {
  auto predecessor = listen_locally(1);
  const std::uint16_t port = port_of(predecessor[0]);
  std::thread going([&] { predecessor.clear(); });
  const auto sockets = core::listen_on(address("127.0.0.1", port), 1);
  going.join();
  REQUIRE(sockets.has_value());
  CHECK(port_of(sockets->front()) == port);
}

TEST_CASE("an address that is not ours is an error at once") {
  // 192.0.2.0/24 is documentation's (RFC 5737): nobody has it.
  const auto sockets = core::listen_on(address("192.0.2.1", 0), 1);
  REQUIRE_FALSE(sockets.has_value());
  CHECK(sockets.error().errno_value == EADDRNOTAVAIL);
}

TEST_CASE("no host means every address, IPv6 and IPv4 through one socket") {
  const auto sockets = core::listen_on(address("", 0), 1);
  REQUIRE(sockets.has_value());
  const std::uint16_t port = port_of(sockets->front());
  std::vector<std::string> hosts{"127.0.0.1"};
  if (has_ipv6()) hosts.emplace_back("::1");
  for (const std::string& host : hosts) {
    CAPTURE(host);
    const UniqueFd client = connect_and_send(host, port);
    const UniqueFd accepted = accept_from(sockets->front());
    CHECK(SocketAddress::of_peer(accepted.get()).host() == host);
  }
}

TEST_CASE("an IPv6 address is not an IPv4 address too") {
  if (!has_ipv6()) {
    MESSAGE("skipped: this system has no IPv6");
    return;
  }
  // A port may be taken: somebody else's connection has it.
  bool both = false;
  for (int attempt = 0; attempt < 16 && !both; ++attempt) {
    const auto ipv6 = core::listen_on(address("::1", 0), 1);
    REQUIRE(ipv6.has_value());
    both = core::listen_on(address("127.0.0.1", port_of(ipv6->front())), 1).has_value();
  }
  CHECK(both);
}
