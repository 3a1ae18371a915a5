// What an expression of PromQL asks for: the names of its metrics and their labels. Knows as much
// of the grammar as that takes, and takes the rest as it comes. Any thread; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace test {

// reason="tls_queue"
struct LabelMatcher {
  std::string label;
  std::string comparison;  // "=", "!=", "=~" or "!~"
  std::string value;
};

struct MetricSelector {
  std::string metric;
  std::vector<LabelMatcher> matchers;
};

struct PromqlNames {
  std::vector<MetricSelector> selectors;
  std::vector<std::string> grouped_by;  // labels of by, without, on and ignoring
  std::string problem;                  // empty: it could be read
};

[[nodiscard]] PromqlNames names_of(std::string_view expression);

}  // namespace test
