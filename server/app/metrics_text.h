// MetricsText: the text format that Prometheus reads, version 0.0.4: families of samples. Pure; a
// value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/duration_counts.h"

namespace server {

// Names are ours; values may be anything, quotes and line feeds included.
using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

class MetricsText {
 public:
  static constexpr std::string_view kType = "text/plain; version=0.0.4; charset=utf-8";

  // Begins a family: all its samples come before the next one. A counter's name ends with _total.
  void gauge(std::string_view name, std::string_view help) { family(name, help, "gauge"); }
  void counter(std::string_view name, std::string_view help) { family(name, help, "counter"); }
  // In seconds: the name ends with _seconds.
  void histogram(std::string_view name, std::string_view help) { family(name, help, "histogram"); }

  void sample(const MetricLabels& labels, std::uint64_t value);
  void sample(const MetricLabels& labels, double value);
  // Bounds are powers of two of nanoseconds, from `first` (2^first) on; what is shorter counts in
  // the first.
  void sample(const MetricLabels& labels, const core::DurationTotals& totals, std::size_t first);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void family(std::string_view name, std::string_view help, std::string_view type);
  void line(std::string_view suffix, const MetricLabels& labels, std::string_view bound,
            std::string_view value);

  std::string text_;
  std::string name_;
};

}  // namespace server
