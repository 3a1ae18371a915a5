#include "prove/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace prove {
namespace {

constexpr std::size_t kSaidLinesMax = 12;

std::string milliseconds(double seconds) {
  if (std::isinf(seconds)) return "more";
  const double amount = seconds * 1e3;
  return fmt::format("{:.{}f} ms", amount, amount < 10 ? 2 : amount < 100 ? 1 : 0);
}

std::string milliseconds(std::chrono::nanoseconds duration) {
  return milliseconds(std::chrono::duration<double>(duration).count());
}

// Large numbers without decimals.
std::string work_text(const std::vector<Work>& work) {
  std::string text;
  for (const Work& one : work) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{:.{}f} {}", one.amount, one.amount < 10 ? 1 : 0, one.unit);
  }
  return text;
}

std::string without_end_space(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

// The last lines, each behind the indentation.
std::string quote(std::string_view said) {
  std::vector<std::string_view> lines;
  while (!said.empty()) {
    const auto end = said.find('\n');
    lines.push_back(said.substr(0, end));
    said.remove_prefix(end == std::string_view::npos ? said.size() : end + 1);
  }
  std::string text;
  const std::size_t first = lines.size() > kSaidLinesMax ? lines.size() - kSaidLinesMax : 0;
  for (std::size_t i = first; i < lines.size(); ++i) text += fmt::format("      | {}\n", lines[i]);
  return text;
}

bool was_measured(const Row& row) { return row.plain.answered > 0; }

}  // namespace

std::string table_head(const Options& options, const Row& first) {
  return fmt::format(
      "{} loops on {}, tried for {} s by each storm, beside {} plain GETs a second\n\n"
      "{:<22}{:>10}{:>10}{:>10}{:>11}{:>9}{:>13}  meanwhile\n",
      first.loops_count, first.engine, options.seconds, options.rate, "", "p50", "p99", "max",
      "lag", "blocked", "descheduled");
}

std::string table_line(const Row& row) {
  std::string text = fmt::format("{:<22}", row.storm.title);
  if (!row.left_out.empty()) return text + "left out: " + row.left_out + "\n";
  if (!was_measured(row)) return text + "FAILED\n";
  const std::string lag = (row.lag_is_bound ? "<" : "") + milliseconds(row.lag);
  text +=
      fmt::format("{:>10}{:>10}{:>10}{:>11}{:>9}{:>13}  {}", milliseconds(row.plain.p50),
                  milliseconds(row.plain.p99), milliseconds(row.plain.max), lag,
                  row.loops.blocking_switches, row.loops.descheduled_turns, work_text(row.work));
  if (!row.failures.empty()) text += "  FAILED";
  if (!row.without.empty()) text += "  (" + row.without + ")";
  return without_end_space(std::move(text));
}

bool proved(const std::vector<Row>& rows) {
  return std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.failures.empty(); });
}

std::string verdict_text(const std::vector<Row>& rows) {
  if (proved(rows)) {
    return "\nProved: no loop waited for anything, and p99 stayed within its budget.\n";
  }
  std::string text = "\nFAILED:\n";
  for (const Row& row : rows) {
    for (const std::string& failure : row.failures) {
      text += fmt::format("  {}: {}\n", row.storm.title, failure);
    }
    if (!row.failures.empty()) text += quote(row.said);
  }
  return text;
}

}  // namespace prove
