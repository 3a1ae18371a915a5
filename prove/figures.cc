#include "prove/figures.h"

#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace prove {
namespace {

struct Sample {
  std::string_view name;
  std::string_view labels;  // a="b",c="d"; ours have no brace in them
  double value = 0;
};

double number(std::string_view text) {
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::optional<Sample> read_sample(std::string_view line) {
  const auto space = line.rfind(' ');
  if (line.starts_with('#') || space == std::string_view::npos) return std::nullopt;
  const std::string_view series = line.substr(0, space);
  const auto brace = series.find('{');
  Sample sample{series.substr(0, brace), {}, number(line.substr(space + 1))};
  if (brace != std::string_view::npos && series.ends_with('}')) {
    sample.labels = series.substr(brace + 1, series.size() - brace - 2);
  }
  return sample;
}

std::optional<double> bound_in(std::string_view labels) {
  constexpr std::string_view kBound = "le=\"";
  const auto at = labels.find(kBound);
  if (at == std::string_view::npos) return std::nullopt;
  const auto value = labels.substr(at + kBound.size());
  return number(value.substr(0, value.find('"')));
}

struct Counter {
  std::string_view name;
  std::string_view label;  // empty: whatever the labels are, all of them together
  std::uint64_t Figures::*figure;
};
constexpr Counter kCounters[] = {
    {"ouro_loop_turn_seconds_count", "", &Figures::turns},
    {"ouro_loop_sampled_turns_total", "", &Figures::sampled_turns},
    {"ouro_loop_blocking_switches_total", "", &Figures::blocking_switches},
    {"ouro_loop_long_turns_total", "cause=\"busy\"", &Figures::busy_turns},
    {"ouro_loop_long_turns_total", "cause=\"blocked\"", &Figures::blocked_turns},
    {"ouro_loop_long_turns_total", "cause=\"descheduled\"", &Figures::descheduled_turns},
    {"ouro_auth_hashes_total", "", &Figures::hashes},
    {"ouro_tls_handshakes_total", "", &Figures::handshakes},
    {"ouro_log_dropped_total", "log=\"access\"", &Figures::log_records_dropped},
};

void add(const Sample& sample, Figures& figures) {
  for (const Counter& counter : kCounters) {
    if (sample.name != counter.name) continue;
    if (sample.labels.find(counter.label) == std::string_view::npos) continue;
    figures.*counter.figure += static_cast<std::uint64_t>(sample.value);
  }
  if (sample.name != "ouro_loop_turn_seconds_bucket") return;
  const auto bound = bound_in(sample.labels);
  if (bound) figures.turns_within[*bound] += static_cast<std::uint64_t>(sample.value);
}

}  // namespace

Figures read_figures(std::string_view metrics) {
  Figures figures;
  while (!metrics.empty()) {
    const auto end = metrics.find('\n');
    if (const auto sample = read_sample(metrics.substr(0, end))) add(*sample, figures);
    metrics.remove_prefix(end == std::string_view::npos ? metrics.size() : end + 1);
  }
  return figures;
}

Figures operator-(const Figures& later, const Figures& earlier) {
  Figures difference = later;
  for (const Counter& counter : kCounters) {
    difference.*counter.figure -= earlier.*counter.figure;
  }
  for (auto& [bound, count] : difference.turns_within) {
    const auto before = earlier.turns_within.find(bound);
    if (before != earlier.turns_within.end()) count -= before->second;
  }
  return difference;
}

double longest_turn_at_most(const Figures& figures) {
  double longest = 0;
  std::uint64_t within_smaller = 0;
  for (const auto& [bound, count] : figures.turns_within) {
    if (count > within_smaller) longest = bound;
    within_smaller = count;
  }
  return longest;
}

}  // namespace prove
