// Row: what one storm came to, a line of the table. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "prove/figures.h"
#include "prove/status.h"
#include "prove/storm.h"

namespace prove {

// How the plain requests fared, from the moments at which they were meant to be sent.
struct PlainRequests {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::string first_failure;
  std::chrono::nanoseconds p50{0};
  std::chrono::nanoseconds p99{0};
  std::chrono::nanoseconds max{0};
  // The p99 of how late we sent them, for want of a CPU, although the server had answered.
  std::chrono::nanoseconds lateness{0};
};

// What a storm got done meanwhile.
struct Work {
  std::string unit;  // "hashes/s"
  double amount = 0;
};

struct Row {
  Storm storm;
  std::string engine;       // as the server says it
  std::string loops_count;  // likewise
  std::string left_out;     // why it was; empty: what follows was measured
  std::string without;      // a part of it that was left out, and why; empty: none
  PlainRequests plain;
  Figures loops;                     // of the time measured
  double cpu_wait = 0;               // how long they could go on and had no CPU, in seconds
  double lag = 0;                    // the longest turn then, in seconds
  bool lag_is_bound = false;         // it was not longer than that
  std::vector<SlowTurn> slow_turns;  // the longest, the longest first
  std::vector<std::string> held;     // what the error log said of loops that were held
  std::vector<Work> work;
  std::string end;                     // how the server ended before it was to; empty: it did not
  std::string said;                    // by the server, then
  std::chrono::nanoseconds budget{0};  // of the p99
  std::vector<std::string> failures;   // sentences; empty: proved, or left out
};

}  // namespace prove
