#include "server/net/route_meter.h"

namespace server {

void RouteMeter::note(const Exchange& exchange, bool aborted) {
  const RouteRecord* route = exchange.route;
  RouteCounts* counts = route != nullptr && route->counts != nullptr ? route->counts : &unrouted_;
  counts->note(exchange.request.method, exchange.response.status, exchange.body_bytes_sent);
  if (aborted) return;
  if (last_.counts != counts || last_.began != exchange.began)
    begin_another(*counts, exchange.began);
  ++last_.times;
}

void RouteMeter::begin_another(RouteCounts& counts, core::TimePoint began) {
  if (last_.times > 0) before_.push_back(last_);
  last_ = {&counts, began, 0};
  loop_.close(settle_task_);
}

// In the close phase, so that the answers have been handed on.
void RouteMeter::settle() {
  before_.push_back(last_);
  for (const Ended& ended : before_) {
    ended.counts->durations().note(loop_.phase_began() - ended.began, ended.times);
  }
  before_.clear();
  last_ = {};
}

}  // namespace server
