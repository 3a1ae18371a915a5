// The Grafana dashboard that is shipped, as far as tests look at it. Any thread; values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace test {

// A question to Prometheus.
struct DashboardQuery {
  std::string where;       // the title of its panel
  std::string expression;  // PromQL
  std::string legend;      // "{{loop}}"
};

struct Dashboard {
  std::vector<DashboardQuery> queries;
  std::vector<std::string> rows;      // their titles
  std::vector<std::string> problems;  // what Grafana would stumble over
};

[[nodiscard]] Dashboard read_dashboard(std::string_view json);

}  // namespace test
