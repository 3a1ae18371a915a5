// ConnectionClient: who asks on one connection, for those who treat clients apart. Loop thread
// only; owned by its connection.
#pragma once

#include "core/io/socket.h"
#include "server/http/connection_facts.h"
#include "server/net/connection_limit.h"
#include "server/net/connection_origin.h"

namespace server {

class ConnectionClient final : public ClientSource {
 public:
  // `origin` may be null; both outlive this. The socket is open whenever it is asked.
  ConnectionClient(int fd, const ConnectionOrigin* origin, const ConnectionLimit::Ticket& ticket)
      : fd_(fd), origin_(origin), ticket_(ticket) {}

  [[nodiscard]] core::IpAddress network_of(const FieldList& fields) const override {
    if (origin_ != nullptr) return origin_->network_of(fields);
    // Counted or not: without a limit for each address nobody has looked at it yet.
    return ticket_.address ? *ticket_.address : core::SocketAddress::of_peer(fd_).client_network();
  }

 private:
  const int fd_;
  const ConnectionOrigin* const origin_;
  const ConnectionLimit::Ticket& ticket_;
};

}  // namespace server
