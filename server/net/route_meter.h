// RouteMeter: counts what a loop has answered, by route. How long an answer took is measured from
// the wake-up that brought the last of its head, so that waiting for others of the same turn is
// part of it, to the moment when this turn's answers were handed on: two clock readings of the
// loop, which makes them anyway. Loop thread only.
#pragma once

#include <cstdint>
#include <vector>

#include "core/io/event_loop.h"
#include "server/http/exchange.h"

namespace server {

class RouteMeter {
 public:
  // `unrouted` is for what no route has answered. Both outlive it.
  RouteMeter(core::EventLoop& loop, RouteCounts& unrouted)
      : loop_(loop),
        unrouted_(unrouted),
        settle_task_(core::Callback<void()>::to<&RouteMeter::settle>(*this)) {}

  // It has ended, in the check phase or before. What ends aborted has no duration.
  void note(const Exchange& exchange, bool aborted);

 private:
  // Answers that began and ended alike: most of a turn's.
  struct Ended {
    RouteCounts* counts = nullptr;
    core::TimePoint began;
    std::uint64_t times = 0;
  };
  void begin_another(RouteCounts& counts, core::TimePoint began);
  void settle();

  core::EventLoop& loop_;
  RouteCounts& unrouted_;
  core::Task settle_task_;
  // In this turn.
  Ended last_;  // times is 0: none has ended
  std::vector<Ended> before_;
};

}  // namespace server
