// Goal: the PROXY protocol's header is taken exactly, in every cutting, and what the specification
// refuses is refused. Method: tables of headers for both versions; each is fed whole, with the
// bytes of a request behind it, cut at every place, and byte by byte.

#include "server/net/proxy_header.h"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/socket.h"

namespace {

using server::ProxyHeader;
using State = ProxyHeader::State;
using Source = ProxyHeader::Source;

struct Outcome {
  State state = State::kIncomplete;
  std::size_t consumed = 0;  // of a complete header
  std::optional<Source> source;
  bool operator==(const Outcome&) const = default;
};

// Feeds pieces that end at the given places.
Outcome feed(std::string_view bytes, const std::vector<std::size_t>& ends) {
  ProxyHeader header;
  std::size_t at = 0;
  for (const std::size_t end : ends) {
    if (end == at) continue;
    const std::string_view piece = bytes.substr(at, end - at);
    const std::size_t taken = header.receive(std::as_bytes(std::span(piece)));
    at += taken;
    if (header.state() != State::kIncomplete) break;
    REQUIRE(taken == piece.size());
  }
  return {header.state(), header.state() == State::kComplete ? at : 0, header.source()};
}

Outcome feed_every_way(std::string_view bytes) {
  const Outcome whole = feed(bytes, {bytes.size()});
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    CHECK(feed(bytes, {cut, bytes.size()}) == whole);
  }
  std::vector<std::size_t> each;
  for (std::size_t end = 1; end <= bytes.size(); ++end) each.push_back(end);
  CHECK(feed(bytes, each) == whole);
  return whole;
}

Source source(std::string_view address, std::uint16_t port) {
  return {*core::parse_ip_address(address), port};
}

void check_complete(const std::string& header, const std::optional<Source>& expected) {
  CAPTURE(header);
  for (const std::string_view after : {"", "GET / HTTP/1.1\r\n\r\n"}) {
    const Outcome outcome = feed_every_way(header + std::string(after));
    CHECK(outcome.state == State::kComplete);
    CHECK(outcome.consumed == header.size());
    CHECK(outcome.source == expected);
  }
}

void check_state(const std::string& header, State state) {
  CAPTURE(header);
  const Outcome outcome = feed_every_way(header);
  CHECK(outcome.state == state);
  CHECK_FALSE(outcome.source);
}

std::string binary(unsigned version_command, unsigned family, std::string_view variable) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += static_cast<char>(version_command);
  header += static_cast<char>(family);
  header += static_cast<char>(variable.size() >> 8U);
  header += static_cast<char>(variable.size() & 0xFFU);
  return header + std::string(variable);
}

const std::string kIpv4Block("\xC0\x00\x02\x01\xC0\x00\x02\x09\x12\x67\x00\x50", 12);

std::string ipv6_block() {
  std::string block("\x20\x01\x0D\xB8", 4);
  block += std::string(11, '\0') + '\x07';
  block += std::string(16, '\1');
  return block + std::string("\xFF\xFE\x00\x50", 4);
}

}  // namespace

TEST_CASE("version 1: what a balancer sends") {
  check_complete("PROXY TCP4 192.0.2.1 192.0.2.9 4711 80\r\n", source("192.0.2.1", 4711));
  check_complete("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
                 source("255.255.255.255", 65535));
  check_complete("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", source("0.0.0.0", 0));
  check_complete("PROXY TCP6 2001:db8::7 ::1 1 2\r\n", source("2001:db8::7", 1));
  check_complete("PROXY UNKNOWN\r\n", std::nullopt);
  check_complete("PROXY UNKNOWN what is here is ignored\r\n", std::nullopt);
}

TEST_CASE("version 1: what must be refused") {
  const char* const refused[] = {
      "GET / HTTP/1.1\r\n",
      "proxy TCP4 192.0.2.1 192.0.2.9 4711 80\r\n",
      "PROXY\r\n",
      "PROXY \r\n",
      "PROXY UNKNOWNS\r\n",
      "PROXY  TCP4 192.0.2.1 192.0.2.9 4711 80\r\n",
      "PROXY TCP5 192.0.2.1 192.0.2.9 4711 80\r\n",
      "PROXY tcp4 192.0.2.1 192.0.2.9 4711 80\r\n",
      "PROXY TCP4 192.0.2.1  192.0.2.9 4711 80\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 4711 80 \r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 4711\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 4711 80 1\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 65536 80\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 4711 -1\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 04711 80\r\n",
      "PROXY TCP4 192.0.2.01 192.0.2.9 4711 80\r\n",
      "PROXY TCP4 192.0.2 192.0.2.9 4711 80\r\n",
      "PROXY TCP4 192.0.2.256 192.0.2.9 4711 80\r\n",
      "PROXY TCP4 ::1 ::1 4711 80\r\n",
      "PROXY TCP6 192.0.2.1 192.0.2.9 4711 80\r\n",
      "PROXY TCP6 [::1] ::1 4711 80\r\n",
      "PROXY TCP6 ::1%lo ::1 4711 80\r\n",
      "PROXY TCP4 192.0.2.1 192.0.2.9 4711 80\n\r\n",
  };
  for (const char* const header : refused) check_state(header, State::kBad);
  check_state(std::string("PROXY TCP4 192.0.2.1\0x 192.0.2.9 4711 80\r\n", 43), State::kBad);
  check_state("PROXY TCP4 192.0.2.1 192.0.2.9 4711 80\r", State::kIncomplete);
}

TEST_CASE("version 1: a line at its limit, and one byte beyond") {
  const std::string start = "PROXY UNKNOWN ";
  const std::string fill(ProxyHeader::kLineBytesMax - start.size() - 2, 'x');
  check_complete(start + fill + "\r\n", std::nullopt);
  check_state(start + fill + "x\r\n", State::kBad);
  check_state(start + fill + "x", State::kIncomplete);
  check_state(start + fill + "xx", State::kBad);
}

TEST_CASE("version 2: what a balancer sends") {
  check_complete(binary(0x21, 0x11, kIpv4Block), source("192.0.2.1", 4711));
  check_complete(binary(0x21, 0x21, ipv6_block()), source("2001:db8::7", 65534));
  // TLVs are skipped, whatever they hold.
  check_complete(binary(0x21, 0x11, kIpv4Block + std::string("\x04\x00\x01X", 4)),
                 source("192.0.2.1", 4711));
  check_complete(binary(0x21, 0x31, std::string(216, 'p')), std::nullopt);
  check_complete(binary(0x21, 0x00, ""), std::nullopt);
  check_complete(binary(0x21, 0x00, "anything"), std::nullopt);
  // Datagrams fall back to the connection's own address.
  check_complete(binary(0x21, 0x12, kIpv4Block), std::nullopt);
  // LOCAL: a health check of the balancer; family and addresses are ignored.
  check_complete(binary(0x20, 0x00, ""), std::nullopt);
  check_complete(binary(0x20, 0x11, kIpv4Block), std::nullopt);
  check_complete(binary(0x20, 0x11, "short"), std::nullopt);
  check_complete(binary(0x20, 0xFF, ""), std::nullopt);
}

TEST_CASE("version 2: what must be refused") {
  check_state(binary(0x11, 0x11, kIpv4Block), State::kBad);  // another version
  check_state(binary(0x31, 0x11, kIpv4Block), State::kBad);
  check_state(binary(0x22, 0x11, kIpv4Block), State::kBad);  // no such command
  check_state(binary(0x21, 0x41, kIpv4Block), State::kBad);  // no such family
  check_state(binary(0x21, 0x13, kIpv4Block), State::kBad);  // no such transport
  check_state(binary(0x21, 0x11, kIpv4Block.substr(0, 11)), State::kBad);
  check_state(binary(0x21, 0x21, ipv6_block().substr(0, 35)), State::kBad);
  check_state(binary(0x21, 0x31, std::string(215, 'p')), State::kBad);
  check_state("\r\n\r\nGET / HTTP/1.1\r\n", State::kBad);
  const std::string whole = binary(0x21, 0x11, kIpv4Block);
  check_state(whole.substr(0, whole.size() - 1), State::kIncomplete);
}

TEST_CASE("version 2: what follows at its limit, and one byte beyond") {
  const std::string tlvs(ProxyHeader::kVariableBytesMax - kIpv4Block.size(), 't');
  check_complete(binary(0x21, 0x11, kIpv4Block + tlvs), source("192.0.2.1", 4711));
  check_state(binary(0x21, 0x11, kIpv4Block + tlvs + "t"), State::kBad);
  check_state(binary(0x20, 0x00, std::string(ProxyHeader::kVariableBytesMax + 1, 't')),
              State::kBad);
}
