// Goal: the client is the last address that somebody trusted has vouched for; nobody can make
// himself another by what he sends. Method: tables of fields as proxies write them and as liars do.

#include "server/net/forwarded_client.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/io/socket.h"

namespace {

using core::IpAddress;
using server::FieldList;
using server::PeerList;

constexpr std::string_view kProxy = "10.0.0.1";

IpAddress ip(std::string_view text) {
  const auto address = core::parse_ip_address(text);
  REQUIRE(address);
  return *address;
}

// 10.0.0.0/8 and fd00::/8.
PeerList trusted() { return {{{ip("10.0.0.0"), 104}, {ip("fd00::"), 8}}, false}; }

std::string client(std::string_view peer, std::string_view name,
                   const std::vector<std::string>& lines, std::string_view configured = {}) {
  FieldList fields;
  fields.add({"Host", "x"});
  for (const std::string& line : lines) fields.add({name, line});
  const auto found =
      server::forwarded_client(ip(peer), trusted(), fields, configured.empty() ? name : configured);
  REQUIRE(found);
  return core::SocketAddress::of_ip(*found, 0).host();
}

struct Row {
  std::vector<std::string> lines;
  const char* client;
};

void check_rows(std::string_view name, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::string text;
    for (const std::string& line : row.lines) text += line + " | ";
    CAPTURE(text);
    CHECK(client(kProxy, name, row.lines) == row.client);
  }
}

}  // namespace

TEST_CASE("X-Forwarded-For: from the right, as far as those who wrote are trusted") {
  check_rows("X-Forwarded-For", {
                                    {{}, "10.0.0.1"},
                                    {{""}, "10.0.0.1"},
                                    {{"192.0.2.1"}, "192.0.2.1"},
                                    {{"192.0.2.1:4711"}, "192.0.2.1"},
                                    {{"2001:db8::1"}, "2001:db8::1"},
                                    {{"[2001:db8::1]"}, "2001:db8::1"},
                                    {{"[2001:db8::1]:443"}, "2001:db8::1"},
                                    {{"::ffff:192.0.2.1"}, "192.0.2.1"},
                                    {{"192.0.2.1, 10.0.0.2,10.0.0.3"}, "192.0.2.1"},
                                    {{"192.0.2.1", "10.0.0.2, fd00::1"}, "192.0.2.1"},
                                    {{"192.0.2.1, 198.51.100.1", "10.0.0.2"}, "198.51.100.1"},
                                    // Nobody but trusted ones: the first of them began it.
                                    {{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
                                });
}

TEST_CASE("X-Forwarded-For: lies") {
  check_rows("X-Forwarded-For", {
                                    // The client's own words are left of what the proxy saw.
                                    {{"10.0.0.9, 192.0.2.66"}, "192.0.2.66"},
                                    {{"127.0.0.1", "192.0.2.66"}, "192.0.2.66"},
                                    {{"203.0.113.1, unknown, 10.0.0.2"}, "10.0.0.2"},
                                    {{"203.0.113.1, , 10.0.0.2"}, "10.0.0.2"},
                                    {{"203.0.113.1,"}, "10.0.0.1"},
                                    {{"203.0.113.1 10.0.0.2"}, "10.0.0.1"},
                                    {{"203.0.113.1", "garbage"}, "10.0.0.1"},
                                    {{"192.0.2.1:"}, "10.0.0.1"},
                                    {{"192.0.2.1:123456"}, "10.0.0.1"},
                                    {{"192.0.2.1:80x"}, "10.0.0.1"},
                                    {{"[192.0.2.1]"}, "10.0.0.1"},
                                    {{"[2001:db8::1"}, "10.0.0.1"},
                                    {{"[2001:db8::1]443"}, "10.0.0.1"},
                                    {{"192.0.2.01"}, "10.0.0.1"},
                                    {{"fe80::1%eth0"}, "10.0.0.1"},
                                    {{"for=192.0.2.1"}, "10.0.0.1"},
                                });
  // An untrusted peer may say what it likes, and a field that was not configured nobody may.
  CHECK(client("192.0.2.66", "X-Forwarded-For", {"203.0.113.1"}) == "192.0.2.66");
  CHECK(client(kProxy, "X-Real-IP", {"203.0.113.1"}, "X-Forwarded-For") == kProxy);
  CHECK(client(kProxy, "Forwarded", {"for=203.0.113.1"}, "X-Forwarded-For") == kProxy);
}

TEST_CASE("Forwarded, as RFC 7239 has it") {
  check_rows("Forwarded", {
                              {{"for=192.0.2.1"}, "192.0.2.1"},
                              {{"For=\"192.0.2.1:4711\""}, "192.0.2.1"},
                              {{"FOR=\"[2001:db8::1]:4711\""}, "2001:db8::1"},
                              {{"for=\"[2001:db8::1]\";proto=https"}, "2001:db8::1"},
                              {{"proto=http;by=203.0.113.43;for=192.0.2.60"}, "192.0.2.60"},
                              {{"by=\"10.0.0.1\"; for=192.0.2.60 ;host=\"a.b\""}, "192.0.2.60"},
                              {{"for=192.0.2.1, for=10.0.0.2"}, "192.0.2.1"},
                              {{"for=192.0.2.1", "for=10.0.0.2, for=\"[fd00::1]\""}, "192.0.2.1"},
                          });
}

TEST_CASE("Forwarded: lies, and elements that are no address") {
  check_rows("Forwarded",
             {
                 {{"for=203.0.113.1, for=192.0.2.66"}, "192.0.2.66"},
                 {{"for=203.0.113.1, for=unknown"}, "10.0.0.1"},
                 {{"for=203.0.113.1, for=_hidden, for=10.0.0.2"}, "10.0.0.2"},
                 {{"for=203.0.113.1, proto=https"}, "10.0.0.1"},
                 {{"for=192.0.2.1;for=203.0.113.1"}, "10.0.0.1"},
                 {{"192.0.2.1"}, "10.0.0.1"},
                 // A quote that the client has left open does not swallow what the proxy adds.
                 {{"for=\"203.0.113.1, for=192.0.2.66"}, "192.0.2.66"},
                 {{"host=\"", "for=192.0.2.66"}, "192.0.2.66"},
                 // Nor does a comma inside of a value make an element of its own.
                 {{"for=192.0.2.66;host=\"x, for=203.0.113.1\""}, "10.0.0.1"},
                 {{"for=192.0.2.66;host=\"x, for=203.0.113.1;y=\""}, "10.0.0.1"},
                 {{"for=192.0.2.66;host=\"x\\\", for=203.0.113.1;y=\\\"\""}, "10.0.0.1"},
             });
}

TEST_CASE("any other field is one address") {
  CHECK(client(kProxy, "X-Real-IP", {"192.0.2.1"}) == "192.0.2.1");
  CHECK(client(kProxy, "x-real-ip", {"[2001:db8::1]:1"}, "X-Real-IP") == "2001:db8::1");
  CHECK(client(kProxy, "X-Real-IP", {"203.0.113.1, 192.0.2.1"}) == kProxy);
  CHECK(client(kProxy, "X-Real-IP", {"203.0.113.1", "192.0.2.1"}) == kProxy);
  CHECK(client(kProxy, "X-Real-IP", {}) == kProxy);
  CHECK(client("192.0.2.66", "X-Real-IP", {"203.0.113.1"}) == "192.0.2.66");
}

TEST_CASE("the walk ends at its limit") {
  std::string list;
  for (std::size_t i = 1; i < server::kForwardedElementsMax; ++i) list += ", 10.0.0.2";
  CHECK(client(kProxy, "X-Forwarded-For", {"192.0.2.1" + list}) == "192.0.2.1");
  CHECK(client(kProxy, "X-Forwarded-For", {"192.0.2.1, 10.0.0.3" + list}) == "10.0.0.3");
}

TEST_CASE("the peer of a Unix socket is trusted only when the list says so") {
  FieldList fields;
  fields.add({"X-Forwarded-For", "192.0.2.1"});
  PeerList list = trusted();
  CHECK_FALSE(server::forwarded_client(std::nullopt, list, fields, "X-Forwarded-For"));
  list.unix_sockets = true;
  CHECK(server::forwarded_client(std::nullopt, list, fields, "X-Forwarded-For") == ip("192.0.2.1"));
  CHECK_FALSE(server::forwarded_client(std::nullopt, list, FieldList(), "X-Forwarded-For"));
}
