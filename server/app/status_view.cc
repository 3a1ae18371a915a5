#include "server/app/status_view.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace server {
namespace {

// Keeps the order of the phases.
using Json = nlohmann::ordered_json;

StatusView::Histogram histogram(const Json& json) {
  StatusView::Histogram histogram;
  for (const Json& bucket : json.at("buckets")) {
    const Json& end = bucket.at(0);
    histogram[end.is_null() ? std::numeric_limits<double>::infinity() : end.get<double>()] =
        bucket.at(1).get<std::uint64_t>();
  }
  return histogram;
}

template <typename Value>
void read(const Json& json, const char* name, Value& value) {
  json.at(name).get_to(value);
}

StatusView::Loop loop_of(const Json& json) {
  StatusView::Loop loop;
  read(json, "name", loop.name);
  read(json, "turns", loop.turns);
  read(json, "requests", loop.requests);
  const Json& in_flight = json.at("in_flight");
  loop.says_its_requests = !in_flight.is_null();
  if (loop.says_its_requests) read(in_flight, "more", loop.has_more_requests);
  read(json.at("long_turns"), "blocked", loop.blocked_turns);
  read(json, "blocking_switches", loop.blocking_switches);
  read(json, "longest_turn", loop.longest_turn);
  if (const Json& held = json.at("held"); !held.is_null()) {
    HeldLoop by;
    read(held, "seconds", by.seconds);
    read(held, "phase", by.phase);
    read(held, "doing", by.doing);
    loop.held = by;
  }
  loop.turn = histogram(json.at("turn"));
  for (const auto& [name, phase] : json.at("phases").items()) {
    loop.phases.push_back({name, phase.at("sum").get<double>()});
  }
  return loop;
}

StatusView::LongTurn long_turn_of(const Json& json, const std::string& loop) {
  StatusView::LongTurn turn;
  read(json, "ended", turn.ended);
  read(json, "seconds", turn.seconds);
  read(json, "cause", turn.cause);
  read(json, "phase", turn.phase);
  read(json, "doing", turn.doing);
  turn.loop = loop;
  return turn;
}

StatusView::Lane lane_of(const Json& json) {
  StatusView::Lane lane;
  read(json, "name", lane.name);
  read(json, "threads", lane.threads);
  read(json, "queued", lane.queued);
  read(json, "finished", lane.finished);
  read(json, "refused", lane.refused);
  read(json.at("run"), "sum", lane.run_seconds);
  lane.wait = histogram(json.at("wait"));
  lane.run = histogram(json.at("run"));
  return lane;
}

StatusView::Request request_of(const Json& json) {
  StatusView::Request request;
  read(json, "loop", request.loop);
  read(json, "route", request.route);
  read(json, "stage", request.stage);
  read(json, "seconds", request.seconds);
  return request;
}

StatusView view_of(const Json& json) {
  StatusView view;
  read(json, "version", view.version);
  read(json, "engine", view.engine);
  read(json, "time", view.time);
  read(json, "started", view.started);
  read(json.at("connections"), "open", view.connections);
  read(json.at("connections"), "max", view.connections_max);
  for (const Json& one : json.at("loops")) {
    view.loops.push_back(loop_of(one));
    for (const Json& turn : one.at("slowest")) {
      view.slowest.push_back(long_turn_of(turn, view.loops.back().name));
    }
  }
  for (const Json& one : json.at("lanes")) view.lanes.push_back(lane_of(one));
  for (const Json& one : json.at("requests")) view.requests.push_back(request_of(one));
  return view;
}

}  // namespace

core::Result<StatusView> read_status(std::string_view json) {
  try {
    return view_of(Json::parse(json));
  } catch (const Json::exception&) {
    return core::unexpected(core::Error{"that is not the status of an ouro", 0});
  }
}

}  // namespace server
