#include "server/http/stage_times.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace server {
namespace {

// Milliseconds with three digits behind the point.
void append_metric(std::string& field, std::string_view name, core::Duration duration) {
  const auto microseconds = std::max<std::int64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(duration).count(), 0);
  const std::string fraction = std::to_string(1000 + microseconds % 1000);
  field.append(name).append(";dur=").append(std::to_string(microseconds / 1000)).append(".");
  field.append(fraction, 1);
}

}  // namespace

std::string server_timing_field(const StageTimes& stages, core::TimePoint began) {
  if (!stages.known()) return {};
  std::string field = "Server-Timing: ";
  append_metric(field, "queue", stages.queue(began));
  append_metric(field.append(", "), "lane", stages.lane());
  append_metric(field.append(", "), "work", stages.work());
  return field.append("\r\n");
}

}  // namespace server
