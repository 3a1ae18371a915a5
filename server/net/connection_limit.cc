#include "server/net/connection_limit.h"

#include <utility>

#include "core/base/invariant.h"

namespace server {
namespace {

// False when the address has its maximum. What finds no room in the table is let in and not noted.
bool try_count(AddressCounts& counts, const AddressCounts::Address& address,
               std::optional<AddressCounts::Address>& counted) {
  INVARIANT(!counted);
  const AddressCounts::Entry entry = counts.try_enter(address);
  if (entry == AddressCounts::Entry::kEntered) counted = address;
  return entry != AddressCounts::Entry::kFull;
}

}  // namespace

ConnectionLimit::ConnectionLimit(std::size_t connections_max, std::size_t per_address_max,
                                 std::size_t handshakes_per_address_max)
    : connections_max_(connections_max) {
  if (per_address_max > 0) addresses_.emplace(per_address_max, connections_max);
  if (handshakes_per_address_max > 0) {
    handshakes_.emplace(handshakes_per_address_max, connections_max);
  }
}

ConnectionLimit::Refusal ConnectionLimit::try_enter(int fd, Ticket& ticket, bool tls) {
  if (const Refusal refusal = try_enter_process(); refusal != Refusal::kNone) return refusal;
  if (!addresses_ && !(tls && handshakes_)) return Refusal::kNone;
  const Refusal refusal = try_enter_address(core::SocketAddress::of_peer(fd), ticket, tls);
  if (refusal != Refusal::kNone) leave(std::exchange(ticket, {}));
  return refusal;
}

ConnectionLimit::Refusal ConnectionLimit::try_enter_process() {
  if (count_.fetch_add(1, std::memory_order_relaxed) < connections_max_) return Refusal::kNone;
  count_.fetch_sub(1, std::memory_order_relaxed);
  return Refusal::kFull;
}

ConnectionLimit::Refusal ConnectionLimit::try_enter_address(const core::SocketAddress& client,
                                                            Ticket& ticket, bool tls) {
  if (client.family() == AF_UNIX) return Refusal::kNone;
  const AddressCounts::Address address = client.client_network();
  if (addresses_ && !try_count(*addresses_, address, ticket.address)) return Refusal::kAddressFull;
  if (tls && handshakes_ && !try_count(*handshakes_, address, ticket.handshake)) {
    return Refusal::kHandshakesFull;
  }
  return Refusal::kNone;
}

void ConnectionLimit::leave_handshake(Ticket& ticket) {
  if (ticket.handshake) handshakes_->leave(*ticket.handshake);
  ticket.handshake.reset();
}

void ConnectionLimit::leave(const Ticket& ticket) {
  if (ticket.handshake) handshakes_->leave(*ticket.handshake);
  if (ticket.address) addresses_->leave(*ticket.address);
  count_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace server
