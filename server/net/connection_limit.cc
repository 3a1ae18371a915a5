#include "server/net/connection_limit.h"

#include "core/io/socket.h"

namespace server {

ConnectionLimit::ConnectionLimit(std::size_t connections_max, std::size_t per_address_max)
    : connections_max_(connections_max) {
  if (per_address_max > 0) addresses_.emplace(per_address_max, connections_max);
}

ConnectionLimit::Refusal ConnectionLimit::try_enter(int fd, Ticket& ticket) {
  if (count_.fetch_add(1, std::memory_order_relaxed) >= connections_max_) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    return Refusal::kFull;
  }
  if (!addresses_) return Refusal::kNone;
  const AddressCounts::Address address = core::SocketAddress::of_peer(fd).client_network();
  switch (addresses_->try_enter(address)) {
    case AddressCounts::Entry::kEntered:
      ticket.address = address;
      break;
    case AddressCounts::Entry::kUncounted:
      break;
    case AddressCounts::Entry::kFull:
      count_.fetch_sub(1, std::memory_order_relaxed);
      return Refusal::kAddressFull;
  }
  return Refusal::kNone;
}

void ConnectionLimit::leave(const Ticket& ticket) {
  if (ticket.address) addresses_->leave(*ticket.address);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace server
