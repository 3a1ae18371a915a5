// ConnectionLog: what one connection writes into its loop's access log: knows who the client is.
// Loop thread only; owned by its connection.
#pragma once

#include <string>

#include "core/io/socket.h"
#include "server/net/access_log.h"
#include "server/net/connection_origin.h"

namespace server {

class ConnectionLog {
 public:
  // `log` and `origin` may be null, and outlive this. Looks at the peer now: a socket whose peer
  // has reset it knows nobody any more, and that end is logged too.
  ConnectionLog(AccessLog* log, int fd, const ConnectionOrigin* origin)
      : log_(log), origin_(origin) {
    if (log != nullptr && origin == nullptr) client_ = core::SocketAddress::of_peer(fd).host();
  }

  // Unless its route wants none.
  void record(const Exchange& exchange, bool aborted) const {
    if (log_ == nullptr || (exchange.policy != nullptr && !exchange.policy->access_log)) return;
    if (origin_ == nullptr) return log_->record(exchange, client_, aborted);
    log_->record(exchange, origin_->client_of(exchange.request.fields), aborted, origin_->peer());
  }

 private:
  AccessLog* const log_;
  const ConnectionOrigin* const origin_;
  std::string client_;  // empty when nobody logs or the origin knows it
};

}  // namespace server
