#include "prove/json.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "prove/report.h"

namespace prove {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : 0.0;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The objects of an array; none when there is no array.
std::vector<Json> objects(const Json& object, const char* key) {
  std::vector<Json> result;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return result;
  std::copy_if(found->begin(), found->end(), std::back_inserter(result),
               [](const Json& one) { return one.is_object(); });
  return result;
}

SlowTurn turn_of(const Json& loop, const Json& turn) {
  return {text_of(loop, "name"),  number(turn, "ended"),  number(turn, "seconds"),
          text_of(turn, "cause"), text_of(turn, "phase"), text_of(turn, "doing")};
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json json_of(const SlowTurn& turn) {
  return {{"loop", turn.loop},   {"ended", turn.ended}, {"seconds", turn.seconds},
          {"cause", turn.cause}, {"phase", turn.phase}, {"doing", turn.doing}};
}

Json loops_of(const Row& row) {
  Json slowest = Json::array();
  for (const SlowTurn& turn : row.slow_turns) slowest.push_back(json_of(turn));
  return {{"count", row.loops.turns},
          {"longest", row.lag},
          {"longest_is_bound", row.lag_is_bound},
          {"cpu_wait", row.cpu_wait},
          {"blocking_switches", row.loops.blocking_switches},
          {"long",
           {{"busy", row.loops.busy_turns},
            {"blocked", row.loops.blocked_turns},
            {"descheduled", row.loops.descheduled_turns}}},
          {"slowest", std::move(slowest)},
          {"held", row.held}};
}

Json json_of(const Row& row) {
  Json work = Json::object();
  for (const Work& one : row.work) work[one.unit] = one.amount;
  Json json;
  json["name"] = row.storm.name;
  json["left_out"] = text_or_null(row.left_out);
  json["without"] = text_or_null(row.without);
  json["engine"] = row.engine;
  json["loops"] = row.loops_count;
  json["requests"] = {{"answered", row.plain.answered}, {"failed", row.plain.failed},
                      {"p50", seconds(row.plain.p50)},  {"p99", seconds(row.plain.p99)},
                      {"max", seconds(row.plain.max)},  {"lateness", seconds(row.plain.lateness)},
                      {"budget", seconds(row.budget)}};
  json["turns"] = loops_of(row);
  json["work"] = std::move(work);
  json["failures"] = row.failures;
  json["said"] = text_or_null(row.said);
  return json;
}

}  // namespace

core::Result<Status> read_status(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return core::unexpected(core::Error{"/status is no JSON object"});
  Status status;
  status.time = number(json, "time");
  for (const Json& loop : objects(json, "loops")) {
    status.longest_turn = std::max(status.longest_turn, number(loop, "longest_turn"));
    for (const Json& turn : objects(loop, "slowest")) {
      status.slowest.push_back(turn_of(loop, turn));
    }
    const auto held = loop.find("held");
    if (held != loop.end() && held->is_object()) status.held.push_back(turn_of(loop, *held));
  }
  return status;
}

std::string json_report(const Options& options, const std::vector<Row>& rows) {
  Json storms = Json::array();
  for (const Row& row : rows) storms.push_back(json_of(row));
  Json report;
  report["proved"] = proved(rows);
  report["seconds"] = options.seconds;
  report["rate"] = options.rate;
  report["storms"] = std::move(storms);
  // What a server says need not be UTF-8.
  return report.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace prove
