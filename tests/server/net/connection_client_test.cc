// Goal: whoever treats clients apart is told the one that the connection, its PROXY header or the
// field of a trusted proxy names, as a network. Method: origins and tickets made by hand; and a
// real connection, whose handler asks.
#include "server/net/connection_client.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tests/server/app/live_server.h"
#include "tests/server/net/turned_loop.h"

namespace {

core::IpAddress address(const char* text) { return *core::parse_ip_address(text); }

server::ConnectionOrigin make_origin(const server::ListenerPolicy& policy, const char* peer) {
  return {policy, core::SocketAddress::of_ip(address(peer), 4711), core::kNever};
}

}  // namespace

TEST_CASE("behind a trusted proxy the client is whom its field names, an IPv6 one as its /64") {
  server::ListenerPolicy policy;
  policy.trusted_proxies.blocks = {{address("192.0.2.1"), core::AddressBlock::kBitsMax}};
  struct Case {
    const char* peer;
    std::string forwarded;
    const char* network;
  };
  const std::array cases{
      Case{"192.0.2.1", "198.51.100.7", "198.51.100.7"},
      Case{"192.0.2.1", "203.0.113.1, 198.51.100.7", "198.51.100.7"},
      Case{"192.0.2.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
      Case{"192.0.2.1", "", "192.0.2.1"},
      Case{"192.0.2.9", "198.51.100.7", "192.0.2.9"},  // not trusted
      Case{"2001:db8::9", "198.51.100.7", "2001:db8::"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.peer);
    CAPTURE(c.forwarded);
    const server::ConnectionOrigin origin = make_origin(policy, c.peer);
    const server::ConnectionLimit::Ticket ticket;
    const server::ConnectionClient client(-1, &origin, ticket);
    server::FieldList fields;
    if (!c.forwarded.empty()) fields.add({"X-Forwarded-For", c.forwarded});
    CHECK(client.network_of(fields) == address(c.network));
  }
}

TEST_CASE("a client that was counted is known by its ticket, without a look at the socket") {
  server::ConnectionLimit::Ticket ticket;
  ticket.address = address("198.51.100.7");
  const server::ConnectionClient client(-1, nullptr, ticket);
  CHECK(client.network_of({}) == address("198.51.100.7"));
}

TEST_CASE("nobody knows the client of a socket without an address: all of them are one") {
  const server::ConnectionLimit::Ticket ticket;
  const server::ConnectionClient client(-1, nullptr, ticket);
  CHECK(client.network_of({}) == core::IpAddress{});
  CHECK(server::kPlainConnection.network_of({}) == core::IpAddress{});
}

TEST_CASE("a handler is told whose request it has") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    test::TurnedLoop loop(engine);
    core::IpAddress network{};
    const auto respond = loop.handler.respond;
    loop.handler.respond = [&](server::Exchange& exchange) {
      network = exchange.connection->network_of(exchange.request.fields);
      respond(exchange);
    };
    test::LoopClient client = loop.connect_and_accept();
    client.send(test::get_request("/x"));
    CHECK(loop.turn_until_received(client, "/x"));
    CHECK(network == address("127.0.0.1"));
    client.close();
    CHECK(loop.turn_until([&] { return loop.connections().empty(); }));
  }
}
