// Counters of one loop: written by it, read by any thread. Each counts an event that an operator
// would ask about, refusals above all.
#pragma once

#include <array>

#include "core/base/counter.h"
#include "server/http/http1_session.h"

namespace server {

using core::Counter;

struct Counters {
  // How often clients reached each limit of a session.
  std::array<Counter, kLimitCount> limits;
  [[nodiscard]] Counter& at(Limit limit) { return limits[static_cast<std::size_t>(limit)]; }
  [[nodiscard]] const Counter& at(Limit limit) const {
    return limits[static_cast<std::size_t>(limit)];
  }

  Counter connections_accepted;
  Counter connections_refused;          // at limits.connections: answered 503
  Counter connections_refused_address;  // at limits.connections_per_address: likewise
  Counter proxy_refused;        // who had to send a PROXY header and did not, or may not: closed
  Counter tls_handshakes;       // that were completed
  Counter tls_failed;           // handshakes and records that ended a connection
  Counter tls_refused;          // the tls lane was full: closed
  Counter tls_refused_address;  // too many handshakes of one address were pending: likewise
  Counter tls_pauses;           // a connection's records had their share of a turn: the rest waited
  Counter accept_pauses;        // out of descriptors or memory: accepting rests for a moment
  Counter exchanges;
  Counter exchanges_aborted;  // the client left, or was closed, before the end of its answer
  void add_exchange(bool aborted) {
    exchanges.add();
    if (aborted) exchanges_aborted.add();
  }
  Counter deadlines_passed;  // connections that a deadline ended
  Counter send_stalls;       // of them: no progress while sending
  Counter pipeline_pauses;   // a client sent so much ahead that reading from it rested
  Counter memory_pauses;     // the loop's buffers were full: what a connection wanted had to wait
};

}  // namespace server
