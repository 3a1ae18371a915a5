// Goal: the limits on connections hold together: who is refused counts for none, who leaves makes
// room in all of them, and a handshake's end in its own, once. Method: real sockets on loopback,
// from two addresses of this machine.
#include "server/net/connection_limit.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/io/socket.h"

namespace {

using core::SocketAddress;
using core::UniqueFd;
using server::ConnectionLimit;
using Refusal = ConnectionLimit::Refusal;

// The server's ends of connections from where the test says; the clients' ends are kept open.
class Visitors {
 public:
  UniqueFd from(const std::string& host) {
    const SocketAddress source = *SocketAddress::parse(host, 0);
    const SocketAddress target = SocketAddress::of_socket(listener_.get());
    UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(client.get(), source.data(), source.size()) == 0);
    REQUIRE(::connect(client.get(), target.data(), target.size()) == 0);
    clients_.push_back(std::move(client));
    UniqueFd accepted(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(accepted.valid());
    return accepted;
  }

 private:
  static UniqueFd listen() {
    const SocketAddress any_port = *SocketAddress::parse("127.0.0.1", 0);
    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(listener.get(), any_port.data(), any_port.size()) == 0);
    REQUIRE(::listen(listener.get(), 16) == 0);
    return listener;
  }
  const UniqueFd listener_ = listen();
  std::vector<UniqueFd> clients_;
};

Refusal enter(ConnectionLimit& limit, const UniqueFd& socket, bool tls = false) {
  ConnectionLimit::Ticket ticket;
  return limit.try_enter(socket.get(), ticket, tls);
}

}  // namespace

TEST_CASE("the process's limit: at it, one more, and room again") {
  Visitors visitors;
  const UniqueFd visitor = visitors.from("127.0.0.1");
  ConnectionLimit limit(2);
  ConnectionLimit::Ticket first;
  CHECK(limit.try_enter(visitor.get(), first) == Refusal::kNone);
  CHECK(enter(limit, visitor) == Refusal::kNone);
  CHECK(limit.count() == 2);
  CHECK(enter(limit, visitor) == Refusal::kFull);
  CHECK(limit.count() == 2);
  CHECK_FALSE(first.address);  // no limit for addresses: none is counted
  limit.leave(first);
  CHECK(limit.count() == 1);
  CHECK(enter(limit, visitor) == Refusal::kNone);
}

TEST_CASE("an address's limit: others are let in, and who is refused takes nobody's place") {
  Visitors visitors;
  const UniqueFd one = visitors.from("127.0.0.1");
  const UniqueFd other = visitors.from("127.0.0.2");
  ConnectionLimit limit(4, 2);
  ConnectionLimit::Ticket first;
  CHECK(limit.try_enter(one.get(), first) == Refusal::kNone);
  CHECK(enter(limit, one) == Refusal::kNone);
  for (int i = 0; i < 10; ++i) CHECK(enter(limit, one) == Refusal::kAddressFull);
  CHECK(limit.count() == 2);
  ConnectionLimit::Ticket others;
  CHECK(limit.try_enter(other.get(), others) == Refusal::kNone);
  CHECK(enter(limit, other) == Refusal::kNone);
  // The process's limit is asked first, and its refusal counts for no address.
  for (int i = 0; i < 10; ++i) CHECK(enter(limit, other) == Refusal::kFull);
  limit.leave(others);
  CHECK(enter(limit, one) == Refusal::kAddressFull);
  limit.leave(first);
  CHECK(enter(limit, one) == Refusal::kNone);
  CHECK(enter(limit, other) == Refusal::kNone);
  CHECK(limit.count() == 4);
}

TEST_CASE("connections of one address count together whatever their ports") {
  Visitors visitors;
  ConnectionLimit limit(100, 3);
  std::vector<UniqueFd> sockets;
  for (int i = 0; i < 4; ++i) sockets.push_back(visitors.from("127.0.0.7"));
  for (int i = 0; i < 3; ++i)
    CHECK(enter(limit, sockets[static_cast<std::size_t>(i)]) == Refusal::kNone);
  CHECK(enter(limit, sockets[3]) == Refusal::kAddressFull);
}

TEST_CASE("pending handshakes of an address: their end makes room, and so does that of all else") {
  Visitors visitors;
  const UniqueFd one = visitors.from("127.0.0.1");
  const UniqueFd other = visitors.from("127.0.0.2");
  ConnectionLimit limit(100, 0, 2);
  ConnectionLimit::Ticket first;
  ConnectionLimit::Ticket second;
  CHECK(limit.try_enter(one.get(), first, true) == Refusal::kNone);
  CHECK(limit.try_enter(one.get(), second, true) == Refusal::kNone);
  CHECK(first.handshake);
  CHECK_FALSE(first.address);
  for (int i = 0; i < 10; ++i) CHECK(enter(limit, one, true) == Refusal::kHandshakesFull);
  CHECK(limit.count() == 2);  // who is refused is no connection
  // In the clear there is no handshake.
  ConnectionLimit::Ticket clear;
  CHECK(limit.try_enter(one.get(), clear) == Refusal::kNone);
  CHECK_FALSE(clear.handshake);
  CHECK(enter(limit, other, true) == Refusal::kNone);
  // Done, and told twice: one place.
  for (int i = 0; i < 2; ++i) limit.leave_handshake(first);
  ConnectionLimit::Ticket third;
  CHECK(limit.try_enter(one.get(), third, true) == Refusal::kNone);
  CHECK(enter(limit, one, true) == Refusal::kHandshakesFull);
  // The end of a connection whose handshake was done makes no room for another, that of one whose
  // handshake was pending does.
  limit.leave(first);
  limit.leave(clear);
  CHECK(enter(limit, one, true) == Refusal::kHandshakesFull);
  limit.leave(second);
  CHECK(enter(limit, one, true) == Refusal::kNone);
  CHECK(enter(limit, one, true) == Refusal::kHandshakesFull);
  CHECK(limit.count() == 3);
}

TEST_CASE("who is refused for his handshakes counts for his address as little as for the process") {
  Visitors visitors;
  const UniqueFd one = visitors.from("127.0.0.1");
  ConnectionLimit limit(100, 2, 1);
  ConnectionLimit::Ticket first;
  CHECK(limit.try_enter(one.get(), first, true) == Refusal::kNone);
  for (int i = 0; i < 10; ++i) CHECK(enter(limit, one, true) == Refusal::kHandshakesFull);
  CHECK(enter(limit, one) == Refusal::kNone);
  CHECK(enter(limit, one) == Refusal::kAddressFull);
  // At both limits it is that of the connections which answers.
  CHECK(enter(limit, one, true) == Refusal::kAddressFull);
  limit.leave(first);
  CHECK(enter(limit, one, true) == Refusal::kNone);
  CHECK(limit.count() == 2);
}

TEST_CASE("the client that a PROXY header names has his handshakes counted") {
  ConnectionLimit limit(100, 0, 1);
  const SocketAddress client = *SocketAddress::parse("192.0.2.1", 4711);
  const SocketAddress same_network = *SocketAddress::parse("2001:db8::1", 4711);
  const SocketAddress neighbour = *SocketAddress::parse("2001:db8::2:1", 4712);
  for (const SocketAddress* address : {&client, &same_network}) {
    REQUIRE(limit.try_enter_process() == Refusal::kNone);
    ConnectionLimit::Ticket ticket;
    CHECK(limit.try_enter_address(*address, ticket, true) == Refusal::kNone);
    CHECK(ticket.handshake);
  }
  for (const SocketAddress* address : {&client, &neighbour}) {  // IPv6 counts by the /64
    ConnectionLimit::Ticket ticket;
    CHECK(limit.try_enter_address(*address, ticket, true) == Refusal::kHandshakesFull);
    CHECK_FALSE(ticket.handshake);
  }
}

TEST_CASE("handshakes on a Unix socket count for no address") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  ConnectionLimit limit(100, 1, 1);
  for (int i = 0; i < 5; ++i) {
    ConnectionLimit::Ticket ticket;
    CHECK(limit.try_enter(ours.get(), ticket, true) == Refusal::kNone);
    CHECK_FALSE(ticket.handshake);
    CHECK_FALSE(ticket.address);
  }
}
