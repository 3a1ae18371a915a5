#include "server/app/metrics.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "server/app/metrics_text.h"
#include "server/app/phase_name.h"

namespace server {
namespace {

// Of a turn: 2^13 ns are 8 us; of a job likewise.
constexpr std::size_t kFirstBucket = 12;

constexpr std::array<std::string_view, kLimitCount> kLimits{"header_timeout",    "body_timeout",
                                                            "keepalive_timeout", "target_size",
                                                            "header_size",       "body_size"};

constexpr std::array<std::string_view, RouteCounts::kStatusClasses> kStatusClasses{
    "none", "1xx", "2xx", "3xx", "4xx", "5xx"};

// A family of one counter that each loop has.
struct LoopCounter {
  std::string_view name;
  std::string_view help;
  Counter Counters::*counter;
};
constexpr LoopCounter kLoopCounters[] = {
    {"ouro_connections_accepted_total", "Connections that were accepted.",
     &Counters::connections_accepted},
    {"ouro_requests_total", "Requests whose answer has ended.", &Counters::exchanges},
    {"ouro_requests_aborted_total", "Of them: the connection ended before the answer did.",
     &Counters::exchanges_aborted},
    {"ouro_tls_handshakes_total", "TLS handshakes that were completed.", &Counters::tls_handshakes},
    {"ouro_tls_failures_total", "Connections that a TLS handshake or record ended.",
     &Counters::tls_failed},
    {"ouro_tls_pauses_total", "Turns in which a connection's TLS records had their share.",
     &Counters::tls_pauses},
    {"ouro_accept_pauses_total", "Times that accepting rested for want of descriptors or memory.",
     &Counters::accept_pauses},
    {"ouro_deadlines_passed_total", "Connections that a deadline ended.",
     &Counters::deadlines_passed},
    {"ouro_send_stalls_total", "Of them: the client took nothing of its answer.",
     &Counters::send_stalls},
    {"ouro_pipeline_pauses_total", "Times that reading rested because a client sent far ahead.",
     &Counters::pipeline_pauses},
    {"ouro_memory_pauses_total",
     "Times that a connection waited because its loop's buffers were full.",
     &Counters::memory_pauses},
};
// One family, by reason.
constexpr std::pair<std::string_view, Counter Counters::*> kRefusals[] = {
    {"connections", &Counters::connections_refused},
    {"connections_per_address", &Counters::connections_refused_address},
    {"proxy_protocol", &Counters::proxy_refused},
    {"tls_queue", &Counters::tls_refused},
    {"handshakes_per_address", &Counters::tls_refused_address},
};
// A family of passwords: what each loop's gate has counted, which sees every request, and what the
// desk has, which sees those whose answer no gate knew.
struct AuthCounter {
  std::string_view name;
  std::string_view family;
  std::string_view help;
  std::atomic<std::uint64_t> GateCounters::*at_gates = nullptr;
  std::atomic<std::uint64_t> DeskCounters::*at_desk = nullptr;
};
constexpr AuthCounter kAuthCounters[] = {
    {"requests", "ouro_auth_requests_total", "Requests that brought a password.",
     &GateCounters::checks, nullptr},
    {"cache_hits", "ouro_auth_cache_hits_total", "Of them: known to be right from a while ago.",
     &GateCounters::cache_hits, &DeskCounters::cache_hits},
    {"joined", "ouro_auth_joined_total", "Of them: waited for the hash of an equal one.",
     &GateCounters::joined, &DeskCounters::joined},
    {"refused", "ouro_auth_refused_total", "Of them: found the queue full, and were answered 503.",
     &GateCounters::refused, nullptr},
    {"hashes", "ouro_auth_hashes_total", "Passwords that were hashed.", nullptr,
     &DeskCounters::hashes},
    {"failures", "ouro_auth_failures_total", "Of them: wrong.", nullptr, &DeskCounters::failures},
    {"dropped", "ouro_auth_dropped_total", "Passwords whose clients left before they were hashed.",
     nullptr, &DeskCounters::dropped},
    {"slowed", "ouro_auth_slowed_total", "Wrong answers that were held back.", nullptr,
     &DeskCounters::slowed},
};

std::string number(std::size_t index) { return std::to_string(index); }

void write_process(const MetricsView& view, MetricsText& text) {
  text.gauge("ouro_build_info", "What runs: always 1.");
  text.sample({{"version", std::string(view.version)}, {"engine", std::string(view.engine)}},
              std::uint64_t{1});
  text.gauge("ouro_start_time_seconds", "When it started, since the epoch.");
  text.sample({}, std::chrono::duration<double>(view.started.time_since_epoch()).count());
  text.gauge("ouro_connections", "Connections that are open.");
  text.sample({}, std::uint64_t{view.connections.count()});
  if (!view.cpu_quota) return;
  text.gauge("ouro_cpu_quota", "CPUs that this process may use at a time.");
  text.sample({}, *view.cpu_quota);
}

void write_loops(const MetricsView& view, MetricsText& text) {
  text.counter("ouro_loop_turns_total", "Turns of each loop.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    text.sample({{"loop", number(i)}}, view.loops[i].statistics.turns.value());
  }
  text.histogram("ouro_loop_turn_seconds",
                 "What lies between two waits of a loop: so long everybody else on it waits.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    text.sample({{"loop", number(i)}}, view.loops[i].probe.turns().totals(), kFirstBucket);
  }
  text.histogram("ouro_loop_phase_seconds", "How long each phase of a loop's turns took.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    for (std::size_t phase = 0; phase < core::kPhaseCount; ++phase) {
      const auto which = static_cast<core::Phase>(phase);
      text.sample({{"loop", number(i)}, {"phase", std::string(phase_name(which))}},
                  phase_totals(view.loops[i], which), kFirstBucket);
    }
  }
  text.gauge("ouro_loop_longest_turn_seconds", "The longest turn since the start.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    text.sample({{"loop", number(i)}},
                std::chrono::duration<double>(view.loops[i].probe.longest()).count());
  }
  text.counter("ouro_loop_long_turns_total",
               "Turns of 10 ms and more, by where most of the time went.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    for (std::size_t cause = 0; cause < core::kCauseCount; ++cause) {
      text.sample({{"loop", number(i)},
                   {"cause", std::string(cause_name(static_cast<core::Cause>(cause)))}},
                  view.loops[i].probe.long_turns(static_cast<core::Cause>(cause)));
    }
  }
  text.counter("ouro_loop_sampled_turns_total", "Turns of which it is known whether they waited.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    text.sample({{"loop", number(i)}}, view.loops[i].probe.sampled_turns());
  }
  text.counter("ouro_loop_blocking_switches_total",
               "Times that a loop waited for something within the sampled turns: should be 0.");
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    text.sample({{"loop", number(i)}}, view.loops[i].probe.blocking_switches());
  }
}

std::uint64_t sum_of(const MetricsView& view, std::size_t label, Method method,
                     std::size_t status_class) {
  std::uint64_t sum = 0;
  for (const MetricsView::Loop& loop : view.loops) {
    sum += loop.routes[label].requests(method, status_class);
  }
  return sum;
}

// Of the methods that were asked with, all classes: an error must not be the first that is heard of
// its series. Most routes have one method.
void write_routes(const MetricsView& view, MetricsText& text) {
  const auto& labels = view.routes.all();
  text.counter("ouro_http_requests_total",
               "Requests whose answer has ended, by who answered: the first 100 routes by name.");
  for (std::size_t label = 0; label < labels.size(); ++label) {
    for (std::size_t method = 0; method < RouteCounts::kMethods; ++method) {
      std::array<std::uint64_t, RouteCounts::kStatusClasses> sums{};
      for (std::size_t status = 0; status < sums.size(); ++status) {
        sums[status] = sum_of(view, label, static_cast<Method>(method), status);
      }
      if (std::all_of(sums.begin(), sums.end(), [](std::uint64_t sum) { return sum == 0; }))
        continue;
      for (const std::size_t status : {0U, 2U, 3U, 4U, 5U}) {  // an answer is no 1xx
        text.sample({{"site", labels[label].site},
                     {"route", labels[label].route},
                     {"method", std::string(to_string(static_cast<Method>(method)))},
                     {"status", std::string(kStatusClasses[status])}},
                    sums[status]);
      }
    }
  }
  text.counter("ouro_http_response_bytes_total", "Content that was sent, without heads.");
  for (std::size_t label = 0; label < labels.size(); ++label) {
    std::uint64_t sum = 0;
    for (const MetricsView::Loop& loop : view.loops) sum += loop.routes[label].body_bytes();
    if (sum == 0) continue;
    text.sample({{"site", labels[label].site}, {"route", labels[label].route}}, sum);
  }
  text.histogram("ouro_http_request_seconds",
                 "From the wake-up that brought the head to the end of its answer.");
  for (std::size_t label = 0; label < labels.size(); ++label) {
    core::DurationTotals totals;
    for (const MetricsView::Loop& loop : view.loops) loop.routes[label].durations().add_to(totals);
    if (totals.count() == 0) continue;
    text.sample({{"site", labels[label].site}, {"route", labels[label].route}}, totals,
                kFirstBucket);
  }
}

void write_counters(const MetricsView& view, MetricsText& text) {
  for (const LoopCounter& family : kLoopCounters) {
    text.counter(family.name, family.help);
    for (std::size_t i = 0; i < view.loops.size(); ++i) {
      text.sample({{"loop", number(i)}}, (view.loops[i].counters.*family.counter).value());
    }
  }
  text.counter("ouro_connections_refused_total", "Connections that were refused, by the reason.");
  for (const auto& [reason, counter] : kRefusals) {
    std::uint64_t sum = 0;
    for (const MetricsView::Loop& loop : view.loops) sum += (loop.counters.*counter).value();
    text.sample({{"reason", std::string(reason)}}, sum);
  }
  text.counter("ouro_limits_reached_total", "Requests and connections that a limit ended.");
  for (std::size_t limit = 0; limit < kLimitCount; ++limit) {
    std::uint64_t sum = 0;
    for (const MetricsView::Loop& loop : view.loops) sum += loop.counters.limits[limit].value();
    text.sample({{"limit", std::string(kLimits[limit])}}, sum);
  }
}

void write_lanes(const MetricsView& view, MetricsText& text) {
  const auto each = [&](const auto& value) {
    for (const MetricsView::Lane& lane : view.lanes) {
      text.sample({{"lane", std::string(lane.name)}}, value(lane.pool));
    }
  };
  text.gauge("ouro_lane_threads", "Workers of each lane that were started.");
  each([](const core::WorkerPool& pool) { return std::uint64_t{pool.threads()}; });
  text.gauge("ouro_lane_queued", "Jobs that wait for a worker.");
  each([](const core::WorkerPool& pool) { return std::uint64_t{pool.queued()}; });
  text.counter("ouro_lane_finished_total", "Jobs that were finished.");
  each([](const core::WorkerPool& pool) { return pool.finished(); });
  text.counter("ouro_lane_failed_total", "Of them: they failed by an exception.");
  each([](const core::WorkerPool& pool) { return pool.failed(); });
  text.counter("ouro_lane_refused_total", "Jobs that found the queue full.");
  each([](const core::WorkerPool& pool) { return pool.refused(); });
  text.gauge("ouro_lane_drain_rate", "Jobs a second that the lane does while more of them wait.");
  each([](const core::WorkerPool& pool) { return pool.drained_per_second(); });
  text.histogram("ouro_lane_wait_seconds", "How long jobs waited for a worker.");
  for (const MetricsView::Lane& lane : view.lanes) {
    text.sample({{"lane", std::string(lane.name)}}, lane.pool.meter().waited().totals(),
                kFirstBucket);
  }
  text.histogram("ouro_lane_run_seconds", "How long jobs ran.");
  for (const MetricsView::Lane& lane : view.lanes) {
    text.sample({{"lane", std::string(lane.name)}}, lane.pool.meter().ran().totals(), kFirstBucket);
  }
}

std::uint64_t sum_of(const MetricsView& view, const AuthCounter& counter) {
  std::uint64_t sum = 0;
  if (counter.at_desk != nullptr) sum = (view.desk->*counter.at_desk).load();
  for (const MetricsView::Loop& loop : view.loops) {
    if (counter.at_gates == nullptr || loop.passwords == nullptr) continue;
    sum += (loop.passwords->*counter.at_gates).load();
  }
  return sum;
}

void write_auth(const MetricsView& view, MetricsText& text) {
  for (const AuthCounter& counter : kAuthCounters) {
    text.counter(counter.family, counter.help);
    text.sample({}, sum_of(view, counter));
  }
  text.gauge("ouro_auth_waiting", "Passwords that wait to be hashed.");
  text.sample({}, view.desk->waiting.load());
}

void write_logs(const MetricsView& view, MetricsText& text) {
  text.counter("ouro_log_dropped_total",
               "Records that found no room, because nobody reads the log.");
  for (const MetricsView::Log& log : view.logs) {
    text.sample({{"log", std::string(log.name)}}, log.writer.dropped());
  }
  text.counter("ouro_log_failed_writes_total", "Writes that the log's target refused.");
  for (const MetricsView::Log& log : view.logs) {
    text.sample({{"log", std::string(log.name)}}, log.writer.failed_writes());
  }
}

}  // namespace

// A turn has each phase once, and those that took less than is noted are the rest.
core::DurationTotals phase_totals(const MetricsView::Loop& loop, core::Phase phase) {
  static_assert(core::LoopProbe::kPhaseBucketMin == kFirstBucket + 1);
  const std::uint64_t turns = loop.probe.turns().count();
  core::DurationTotals totals = loop.probe.phases(phase).totals();
  totals.buckets[kFirstBucket] = turns - std::min(turns, totals.count());
  totals.sum = std::chrono::nanoseconds(
      loop.statistics.phase_nanoseconds[static_cast<std::size_t>(phase)].value());
  return totals;
}

std::vector<PasswordTotal> password_totals(const MetricsView& view) {
  std::vector<PasswordTotal> totals;
  if (view.desk == nullptr) return totals;
  for (const AuthCounter& counter : kAuthCounters) {
    totals.push_back({counter.name, sum_of(view, counter)});
  }
  return totals;
}

std::string metrics(const MetricsView& view) {
  MetricsText text;
  write_process(view, text);
  write_counters(view, text);
  write_routes(view, text);
  write_loops(view, text);
  write_lanes(view, text);
  if (view.desk != nullptr) write_auth(view, text);
  write_logs(view, text);
  return text.take();
}

}  // namespace server
