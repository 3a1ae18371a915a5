// Goal: the two limits on connections hold together: who is refused counts for neither, who leaves
// makes room in both. Method: real sockets on loopback, from two addresses of this machine.
#include "server/net/connection_limit.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

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

Refusal enter(ConnectionLimit& limit, const UniqueFd& socket) {
  ConnectionLimit::Ticket ticket;
  return limit.try_enter(socket.get(), ticket);
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
