// ProxyHeader: what a balancer says before the first byte of HTTP: whose connection it passes on
// (the PROXY protocol, proxy-protocol.txt of HAProxy, versions 1 and 2). Takes bytes in any
// cutting; the result depends on the bytes alone. What is not a whole and valid header is bad, and
// nothing of it is used. No I/O; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/address_block.h"

namespace server {

class ProxyHeader {
 public:
  // proxy-protocol.txt 2.1: the longest line of version 1 with its CRLF.
  static constexpr std::size_t kLineBytesMax = 107;
  // 2.2: version 2 up to its length field, and what may follow. The specification has no maximum;
  // this is the data that any TCP segment can take, which 2 relies on for headers in one piece.
  static constexpr std::size_t kFixedBytes = 16;
  static constexpr std::size_t kVariableBytesMax = 536;

  enum class State : std::uint8_t { kIncomplete, kComplete, kBad };
  struct Source {
    core::IpAddress address{};
    std::uint16_t port = 0;
    [[nodiscard]] bool operator==(const Source&) const = default;
  };

  // Returns how many bytes belonged to the header; fewer than were given only when that ends it.
  std::size_t receive(std::span<const std::byte> bytes);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool begun() const { return !bytes_.empty(); }
  // When complete: empty means that the connection's own address counts (LOCAL, UNKNOWN, and the
  // families that are no client's address).
  [[nodiscard]] const std::optional<Source>& source() const { return source_; }

 private:
  // The size of the whole header once all of it is there; 0 before, and when it is bad.
  [[nodiscard]] std::size_t parse();
  [[nodiscard]] std::size_t parse_line();
  [[nodiscard]] std::size_t parse_binary();
  [[nodiscard]] std::size_t refuse();

  std::string bytes_;
  std::optional<Source> source_;
  State state_ = State::kIncomplete;
};

}  // namespace server
