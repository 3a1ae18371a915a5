// Dates: "SECONDS\nTEXT", where SECONDS is now and also a date to be rendered.
#include <algorithm>
#include <array>
#include <string>

#include "server/http/date.h"
#include "tests/fuzz/properties.h"
#include "tests/specification/http_date.h"

namespace fuzz {
namespace {

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') number = std::min(number * 10 + (c - '0'), server::kDateSecondsMax);
  }
  return number;
}

std::string rendered(std::int64_t seconds) {
  std::array<char, server::kDateSize> text{};
  return std::string(server::render_date(seconds, text));
}

std::string round_trip_problem(std::int64_t seconds) {
  const std::string text = rendered(seconds);
  if (text != specification::date_text(seconds)) return "rendered: " + text;
  return server::parse_date(text, 0) == seconds ? "" : "it cannot read what it wrote: " + text;
}

}  // namespace

std::string dates_problem(std::string_view input) {
  const std::size_t line_end = std::min(input.find('\n'), input.size());
  const std::int64_t now = number_in(input.substr(0, line_end));
  const std::string_view text = input.substr(std::min(line_end + 1, input.size()));
  const auto parsed = server::parse_date(text, now);
  if (parsed != specification::read_date(text, now)) {
    return "parsed: " + (parsed ? std::to_string(*parsed) : "nothing");
  }
  std::string problem = round_trip_problem(now);
  if (problem.empty() && parsed && *parsed >= 0 && *parsed <= server::kDateSecondsMax) {
    problem = round_trip_problem(*parsed);
  }
  return problem;
}

}  // namespace fuzz
