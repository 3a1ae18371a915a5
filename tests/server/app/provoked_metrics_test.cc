// Goal: every series of /metrics is moved by what it counts. Method: a table of provocations, each
// over real sockets on a server of its own that is read as a scraper reads it, on each engine; and
// no series of all that they saw may have been zero in all of them. Labels that the configuration
// makes (loop, site, route ...) are not told apart: those that the program makes are.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/server/app/provocation.h"

namespace {

using test::Provocation;
using test::Samples;

constexpr std::array<std::string_view, 6> kOurLabels{"reason", "limit", "cause",
                                                     "phase",  "lane",  "log"};

struct Unprovoked {
  std::string_view series;
  std::string_view reason;
};
// What no request can move; metric_names_test.cc does.
constexpr std::array kUnprovoked{
    Unprovoked{R"(ouro_lane_failed_total{lane="files"})", "a job only fails for want of memory"},
    Unprovoked{R"(ouro_lane_failed_total{lane="tls"})", "likewise"},
    Unprovoked{R"(ouro_lane_failed_total{lane="auth"})", "likewise"},
    Unprovoked{R"(ouro_lane_refused_total{lane="auth"})",
               "the desk has no more jobs out than there are workers; it refuses before"},
    Unprovoked{R"(ouro_lane_queued{lane="auth"})", "likewise; they wait at the desk"},
};

bool is_excused(std::string_view series) {
  return std::any_of(kUnprovoked.begin(), kUnprovoked.end(),
                     [series](const Unprovoked& one) { return one.series == series; });
}

// With those of its labels that are told apart.
std::string kind_of(const std::string& series) {
  const std::size_t brace = series.find('{');
  if (brace == std::string::npos) return series;
  std::string labels;
  for (const std::string_view name : kOurLabels) {
    const std::string before = std::string(name) + "=\"";
    const std::size_t at = series.find(before, brace);
    if (at == std::string::npos || (series[at - 1] != '{' && series[at - 1] != ',')) continue;
    const std::size_t end = series.find('"', at + before.size());
    labels += (labels.empty() ? "" : ",") + series.substr(at, end + 1 - at);
  }
  return series.substr(0, brace) + (labels.empty() ? "" : "{" + labels + "}");
}

std::vector<Provocation> all_provocations() {
  std::vector<Provocation> all;
  for (const auto& some : {test::provoked_connections(), test::provoked_handshakes(),
                           test::provoked_lanes(), test::provoked_limits(), test::provoked_logs(),
                           test::provoked_loops(), test::provoked_passwords()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace

TEST_CASE("every series of the metrics moves when what it counts happens") {
  for (const core::Engine& engine : test::engines()) {
    const std::string engine_name = test::name_of(engine);
    CAPTURE(engine_name);
    std::set<std::string> seen;
    std::set<std::string> moved;
    for (const Provocation& provocation : all_provocations()) {
      CAPTURE(provocation.what);
      for (const auto& [series, value] : provocation.provoke(engine)) {
        seen.insert(kind_of(series));
        if (value > 0) moved.insert(kind_of(series));
      }
    }
    for (const std::string& series : seen) {
      CAPTURE(series);
      CHECK((moved.contains(series) || is_excused(series)));
    }
    for (const Unprovoked& excused : kUnprovoked) {
      CAPTURE(excused.series);
      CHECK(seen.contains(std::string(excused.series)));
    }
  }
}
