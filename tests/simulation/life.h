// Life: one event loop with its listener and connections on a simulated kernel, from the first
// connection to the last, and everything that must hold after each turn. What does not hold ends
// the process with the seed. One thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace simulation {

struct LifeResult {
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
};

// `seed` is the whole life.
[[nodiscard]] LifeResult live(std::uint64_t seed);

}  // namespace simulation
