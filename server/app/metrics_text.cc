#include "server/app/metrics_text.h"

#include <fmt/format.h>

#include <cmath>

namespace server {
namespace {

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') text += '\\';
    text += c;
  }
}

// The end of a bucket.
std::string bound_of(std::size_t bucket) {
  return fmt::format("{}", std::ldexp(1.0, static_cast<int>(bucket) + 1) / 1e9);
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view help, std::string_view type) {
  name_ = name;
  text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void MetricsText::sample(const MetricLabels& labels, std::uint64_t value) {
  line("", labels, "", fmt::format("{}", value));
}

void MetricsText::sample(const MetricLabels& labels, double value) {
  line("", labels, "", fmt::format("{}", value));
}

void MetricsText::sample(const MetricLabels& labels, const core::DurationTotals& totals,
                         std::size_t first) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < core::DurationTotals::kBuckets; ++i) {
    total += totals.buckets[i];
    const bool last = i + 1 == core::DurationTotals::kBuckets;
    if (i >= first && !last) line("_bucket", labels, bound_of(i), fmt::format("{}", total));
  }
  // The sum of the buckets, and not the count of another moment: they must agree.
  line("_bucket", labels, "+Inf", fmt::format("{}", total));
  line("_sum", labels, "", fmt::format("{}", std::chrono::duration<double>(totals.sum).count()));
  line("_count", labels, "", fmt::format("{}", total));
}

void MetricsText::line(std::string_view suffix, const MetricLabels& labels, std::string_view bound,
                       std::string_view value) {
  text_.append(name_).append(suffix);
  char before = '{';
  const auto add = [&](std::string_view name, std::string_view label) {
    text_ += before;
    text_.append(name).append("=\"");
    append_escaped(text_, label);
    text_ += '"';
    before = ',';
  };
  for (const auto& [name, label] : labels) add(name, label);
  if (!bound.empty()) add("le", bound);
  if (before == ',') text_ += '}';
  text_.append(" ").append(value) += '\n';
}

}  // namespace server
