// What the admin's /metrics says of a running server. Only reads what loops, workers and writers
// publish: any thread. Names follow Prometheus's conventions: base units, _total for what only
// grows.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io/event_loop.h"
#include "core/log/log_writer.h"
#include "core/probe/loop_probe.h"
#include "core/work/worker_pool.h"
#include "server/app/requests_in_flight.h"
#include "server/app/route_labels.h"
#include "server/auth/password_desk.h"
#include "server/auth/password_gate.h"
#include "server/http/route_record.h"
#include "server/net/connection_limit.h"
#include "server/net/counters.h"

namespace server {

// References outlive its use.
struct MetricsView {
  struct Loop {
    const core::LoopStatistics& statistics;
    const core::LoopProbe& probe;
    const Counters& counters;
    std::span<const RouteCounts> routes;  // by the labels
    RequestsInFlight& in_flight;
    const GateCounters* passwords = nullptr;  // null: no route asks for passwords
  };
  struct Lane {
    std::string_view name;
    const core::WorkerPool& pool;
  };
  struct Log {
    std::string_view name;
    const core::LogWriter& writer;
  };

  std::string_view version;
  std::string_view engine;
  bool proof = false;  // the loops know each of their turns exactly (core/probe/loop_probe.h)
  std::chrono::system_clock::time_point started;
  std::vector<Loop> loops = {};
  std::vector<Lane> lanes;
  std::vector<Log> logs = {};
  const ConnectionLimit& connections;
  const RouteLabels& routes;
  std::optional<double> cpu_quota = std::nullopt;  // of a CPU; nullopt: none is known
  const DeskCounters* desk = nullptr;              // null: no route asks for passwords
};

[[nodiscard]] std::string metrics(const MetricsView& view);

// How long one phase of a loop's turns took.
[[nodiscard]] core::DurationTotals phase_totals(const MetricsView::Loop& loop, core::Phase phase);

// What was done with passwords, by all gates and the desk together; none when no route asks for
// any.
struct PasswordTotal {
  std::string_view name;  // "cache_hits"
  std::uint64_t count = 0;
};
[[nodiscard]] std::vector<PasswordTotal> password_totals(const MetricsView& view);

}  // namespace server
