// LoopWatch: finds the loops that one turn holds for longer than a limit, while it holds them. It
// tells of a turn when it has passed the limit, and again each time it has lasted twice as long;
// of turns that follow one another within a while, of the first only, and of one that outlasts it.
//
// One thread asks, whichever; what it looks at, the loops write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/io/event_loop.h"

namespace core {

class LoopWatch {
 public:
  struct Options {
    Duration limit = std::chrono::milliseconds(250);
    Duration quiet = std::chrono::seconds(10);  // on a loop, from one turn told of to the next
  };
  struct Held {
    std::size_t loop = 0;  // its index
    Duration lasted{};
    Phase phase = Phase::kTimers;
    std::string doing;         // for whom; empty: nobody says
    std::uint64_t untold = 0;  // turns above the limit since the last that was told of
  };

  // The loops outlive this.
  LoopWatch(const std::vector<const LoopStatistics*>& loops, Options options);

  // What is to be told now. To be asked twice within `limit`.
  [[nodiscard]] std::vector<Held> look(TimePoint now);
  // How long the turn lasts that has lasted longest; zero when all wait.
  [[nodiscard]] Duration longest_held(TimePoint now) const;

 private:
  struct Watched {
    const LoopStatistics* statistics = nullptr;
    TimePoint turn = kNever;  // that was seen above the limit; by when it began
    Duration tell_at{};       // of the same turn
    TimePoint quiet_until{};
    bool told = true;  // of the same turn; there is none yet
    std::uint64_t untold = 0;
  };
  [[nodiscard]] bool is_to_tell(Watched& watched, TimePoint began, TimePoint now) const;

  const Options options_;
  std::vector<Watched> loops_;
};

}  // namespace core
