#include "server/app/status_json.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/probe/loop_watch.h"
#include "server/app/phase_name.h"

namespace server {
namespace {

// In the order in which they are written: people read it too.
using Json = nlohmann::ordered_json;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

// What more than milliseconds would pretend to know.
double moment(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  return static_cast<double>(std::chrono::floor<std::chrono::milliseconds>(since).count()) / 1e3;
}

Json histogram(const core::DurationTotals& totals) {
  Json buckets = Json::array();
  for (std::size_t i = 0; i < core::DurationTotals::kBuckets; ++i) {
    const std::uint64_t count = totals.buckets[i];
    if (count == 0) continue;
    const bool last = i + 1 == core::DurationTotals::kBuckets;
    const Json end = last ? Json() : Json(std::ldexp(1.0, static_cast<int>(i) + 1) / 1e9);
    buckets.push_back(Json::array({end, count}));
  }
  return {{"count", totals.count()}, {"sum", seconds(totals.sum)}, {"buckets", std::move(buckets)}};
}

// Null while no turn has lasted for longer than the error log would tell of.
Json held(const core::LoopStatistics& loop) {
  const core::TimePoint since = loop.working_since.load();
  if (since == core::kNever) return nullptr;
  const core::Duration lasted = core::Clock::now() - since;
  if (lasted < core::LoopWatch::Options{}.limit) return nullptr;
  const std::string* doing = loop.doing.now();
  return {{"seconds", seconds(lasted)},
          {"phase", phase_name(loop.phase.load())},
          {"doing", doing != nullptr ? *doing : std::string()}};
}

Json phases(const MetricsView::Loop& loop) {
  Json all = Json::object();
  for (std::size_t i = 0; i < core::kPhaseCount; ++i) {
    const auto phase = static_cast<core::Phase>(i);
    all[std::string(phase_name(phase))] = histogram(phase_totals(loop, phase));
  }
  return all;
}

// Of the last long turns, the longest first.
Json slowest(const core::LoopProbe& probe) {
  auto turns = probe.last_long_turns();
  std::sort(turns.begin(), turns.end(),
            [](const auto& one, const auto& other) { return one.took > other.took; });
  Json all = Json::array();
  for (const core::LoopProbe::LongTurn& turn : turns) {
    all.push_back({{"ended", moment(turn.ended)},
                   {"seconds", seconds(turn.took)},
                   {"cause", cause_name(turn.cause)},
                   {"phase", phase_name(turn.phase)},
                   {"doing", turn.doing}});
  }
  return all;
}

// By the loops.
using InFlight = std::vector<RequestsInFlight::Said>;

// A loop that is held says nothing.
InFlight ask_for_requests(const MetricsView& view) {
  constexpr core::Duration kLimit = std::chrono::milliseconds(10);
  std::vector<RequestsInFlight*> all;
  for (const MetricsView::Loop& loop : view.loops) all.push_back(&loop.in_flight);
  return RequestsInFlight::ask_all(all, kLimit);
}

// Null: it says nothing.
Json in_flight(const RequestsInFlight::Said& said) {
  if (said.nothing()) return nullptr;
  return {{"named", said.oldest.size()}, {"more", said.more}};
}

Json requests(const InFlight& said) {
  Json all = Json::array();
  for (std::size_t i = 0; i < said.size(); ++i) {
    for (const RequestInFlight& request : said[i].oldest) {
      all.push_back({{"loop", i},
                     {"route", request.route},
                     {"stage", stage_name(request.stage)},
                     {"seconds", seconds(core::Clock::now() - request.began)}});
    }
  }
  return all;
}

Json long_turns(const core::LoopProbe& probe) {
  Json all = Json::object();
  for (std::size_t i = 0; i < core::kCauseCount; ++i) {
    const auto cause = static_cast<core::Cause>(i);
    all[std::string(cause_name(cause))] = probe.long_turns(cause);
  }
  return all;
}

Json loops(const MetricsView& view, const InFlight& said) {
  Json all = Json::array();
  for (std::size_t i = 0; i < view.loops.size(); ++i) {
    const MetricsView::Loop& loop = view.loops[i];
    all.push_back({{"name", "loop-" + std::to_string(i)},
                   {"turns", loop.statistics.turns.value()},
                   {"requests", loop.counters.exchanges.value()},
                   {"in_flight", in_flight(said[i])},
                   {"held", held(loop.statistics)},
                   {"turn", histogram(loop.probe.turns().totals())},
                   {"longest_turn", seconds(loop.probe.longest())},
                   {"phases", phases(loop)},
                   {"long_turns", long_turns(loop.probe)},
                   {"sampled_turns", loop.probe.sampled_turns()},
                   {"blocking_switches", loop.probe.blocking_switches()},
                   {"slowest", slowest(loop.probe)}});
  }
  return all;
}

Json lanes(const MetricsView& view) {
  Json all = Json::array();
  for (const auto& [name, pool] : view.lanes) {
    all.push_back({{"name", name},
                   {"threads", pool.threads()},
                   {"queued", pool.queued()},
                   {"finished", pool.finished()},
                   {"failed", pool.failed()},
                   {"refused", pool.refused()},
                   {"drain_rate", pool.drained_per_second()},
                   {"wait", histogram(pool.meter().waited().totals())},
                   {"run", histogram(pool.meter().ran().totals())}});
  }
  return all;
}

Json passwords(const MetricsView& view) {
  if (view.desk == nullptr) return nullptr;
  Json all = Json::object();
  for (const auto& [name, count] : password_totals(view)) all[std::string(name)] = count;
  all["waiting"] = view.desk->waiting.load();
  return all;
}

Json logs(const MetricsView& view) {
  Json all = Json::array();
  for (const auto& [name, writer] : view.logs) {
    all.push_back(
        {{"name", name}, {"dropped", writer.dropped()}, {"failed_writes", writer.failed_writes()}});
  }
  return all;
}

}  // namespace

std::string status_json(const MetricsView& view) {
  const InFlight said = ask_for_requests(view);
  const Json status = {
      {"version", view.version},
      {"engine", view.engine},
      {"proof", view.proof},
      {"time", moment(std::chrono::system_clock::now())},
      {"started", moment(view.started)},
      {"connections", {{"open", view.connections.count()}, {"max", view.connections.max()}}},
      {"loops", loops(view, said)},
      {"lanes", lanes(view)},
      {"passwords", passwords(view)},
      {"logs", logs(view)},
      {"requests", requests(said)}};
  // Names of routes come from a file: what is no UTF-8 is replaced, and throws nothing.
  return status.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace server
