// What the admin listener answers: a site of its own, served by the same code as any other, on a
// loop of its own.
#pragma once

#include <atomic>
#include <functional>

#include "server/app/metrics.h"
#include "server/dispatch/router.h"

namespace server {

// Called on the admin's loop, which may take its time: nobody else is on it.
struct AdminPages {
  const std::atomic<bool>& ready;  // what /readyz tells; outlives the site
  std::function<bool()> lives;     // what /healthz tells
  std::function<MetricsView()> view;
};

// /healthz, /readyz, /metrics, /status, the same twice a second at /events, and the page that shows
// it. `loop` is the admin's.
void add_admin_site(Router& router, core::EventLoop& loop, AdminPages pages);

}  // namespace server
