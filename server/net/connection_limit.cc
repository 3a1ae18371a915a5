#include "server/net/connection_limit.h"

#include "core/base/invariant.h"

namespace server {

ConnectionLimit::ConnectionLimit(std::size_t connections_max, std::size_t per_address_max)
    : connections_max_(connections_max) {
  if (per_address_max > 0) addresses_.emplace(per_address_max, connections_max);
}

ConnectionLimit::Refusal ConnectionLimit::try_enter(int fd, Ticket& ticket) {
  if (const Refusal refusal = try_enter_process(); refusal != Refusal::kNone) return refusal;
  if (!addresses_) return Refusal::kNone;
  const Refusal refusal = try_enter_address(core::SocketAddress::of_peer(fd), ticket);
  if (refusal != Refusal::kNone) count_.fetch_sub(1, std::memory_order_relaxed);
  return refusal;
}

ConnectionLimit::Refusal ConnectionLimit::try_enter_process() {
  if (count_.fetch_add(1, std::memory_order_relaxed) < connections_max_) return Refusal::kNone;
  count_.fetch_sub(1, std::memory_order_relaxed);
  return Refusal::kFull;
}

ConnectionLimit::Refusal ConnectionLimit::try_enter_address(const core::SocketAddress& client,
                                                            Ticket& ticket) {
  INVARIANT(!ticket.address);
  if (!addresses_ || client.family() == AF_UNIX) return Refusal::kNone;
  const AddressCounts::Address address = client.client_network();
  switch (addresses_->try_enter(address)) {
    case AddressCounts::Entry::kEntered:
      ticket.address = address;
      break;
    case AddressCounts::Entry::kUncounted:
      break;
    case AddressCounts::Entry::kFull:
      return Refusal::kAddressFull;
  }
  return Refusal::kNone;
}

void ConnectionLimit::leave(const Ticket& ticket) {
  if (ticket.address) addresses_->leave(*ticket.address);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace server
