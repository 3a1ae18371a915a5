// Status: of what a server's /status says, that which names a culprit: its longest turns, and what
// holds it now. Values; json.h reads it.
#pragma once

#include <string>
#include <vector>

namespace prove {

// Seconds; moments since the epoch.
struct SlowTurn {
  std::string loop;  // its name
  double ended = 0;  // 0: it has not
  double seconds = 0;
  std::string cause;  // "busy", "blocked", "descheduled"; "": not known yet
  std::string phase;
  std::string doing;  // for whom; "": nobody says
};

struct Status {
  double time = 0;
  double longest_turn = 0;        // of all loops, since they began
  std::vector<SlowTurn> slowest;  // of all loops, in no order
  std::vector<SlowTurn> held;     // that have not ended
};

}  // namespace prove
