// ConnectionLimit: how many connections the process may have, over all loops, how many of them one
// client may (limits.connections, limits.connections_per_address), and for how many of those TLS
// handshakes may be pending. Any thread, lock-free.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "core/io/socket.h"
#include "server/net/address_counts.h"

namespace server {

class ConnectionLimit {
 public:
  // 0 per address: no limit.
  explicit ConnectionLimit(std::size_t connections_max, std::size_t per_address_max = 0,
                           std::size_t handshakes_per_address_max = 0);

  // Kept with an admitted connection, for leave().
  struct Ticket {
    std::optional<AddressCounts::Address> address;    // that it counts for
    std::optional<AddressCounts::Address> handshake;  // likewise, while that is pending
  };
  enum class Refusal : std::uint8_t { kNone, kFull, kAddressFull, kHandshakesFull };

  // Asks for an accepted socket, whose peer counts; that of a Unix socket has no address to count.
  // `tls`: a handshake begins.
  [[nodiscard]] Refusal try_enter(int fd, Ticket& ticket, bool tls = false);
  // In two steps, for those whose client is known later or never: the process's limit, then the
  // client's. A refusal of the second leaves entered what `ticket` says, and the first.
  [[nodiscard]] Refusal try_enter_process();
  [[nodiscard]] Refusal try_enter_address(const core::SocketAddress& client, Ticket& ticket,
                                          bool tls = false);
  // The handshake is done, or has failed; once more changes nothing.
  void leave_handshake(Ticket& ticket);
  // All that the ticket says.
  void leave(const Ticket& ticket);
  [[nodiscard]] std::size_t count() const { return count_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t max() const { return connections_max_; }

 private:
  const std::size_t connections_max_;
  std::atomic<std::size_t> count_{0};
  std::optional<AddressCounts> addresses_;
  std::optional<AddressCounts> handshakes_;
};

}  // namespace server
