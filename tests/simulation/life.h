// Life: one event loop with its listener and connections on a simulated kernel, from the first
// connection to the last, and everything that must hold after each turn. What does not hold ends
// the process with the seed. One thread.
#pragma once

#include <cstdint>

#include "tests/simulation/handshake_watch.h"
#include "tests/simulation/simulated_auth.h"

namespace simulation {

struct LifeResult : HandshakeCounts, AuthCounts {
  std::uint64_t turns = 0;
  std::uint64_t connections = 0;
  std::uint64_t satisfied = 0;  // connections that got all they asked for
  // How often life was hard, as the server's counters have it.
  std::uint64_t exchanges = 0;
  std::uint64_t aborted = 0;
  std::uint64_t deadlines = 0;
  std::uint64_t send_stalls = 0;
  std::uint64_t accept_pauses = 0;
  std::uint64_t pipeline_pauses = 0;
  std::uint64_t memory_pauses = 0;
  // Over TLS, besides what the workers saw.
  std::uint64_t resumed = 0;
  std::uint64_t satisfied_tls = 0;
  std::uint64_t handshakes_late = 0;  // a deadline ended them
  std::uint64_t told_plain_http = 0;  // that this port speaks TLS
  std::uint64_t told_garbage = 0;
  std::uint64_t told_junk = 0;    // behind a hello
  std::uint64_t told_record = 0;  // that was none
  // Steps that were out then.
  std::uint64_t out_at_drain = 0;
  std::uint64_t out_at_abort = 0;
};

// `seed` is the whole life, OpenSSL's randomness included. Only the time of day in certificates and
// tickets is another each time; nothing depends on it, for its size is always the same.
[[nodiscard]] LifeResult live(std::uint64_t seed);

}  // namespace simulation
