#include "server/app/top_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace server {
namespace {

constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kFaint = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[1;31m";
// Of the phases in turn: as on the page.
constexpr std::array<std::string_view, 5> kPhaseColours{"\x1b[35m", "\x1b[34m", "\x1b[36m",
                                                        "\x1b[33m", "\x1b[90m"};

struct Line {
  std::string_view style;  // empty: as it comes
  std::string text;
  // A bar behind the text, a share of the line for each phase.
  std::vector<double> bar = {};
};

std::string time_text(double seconds) {
  constexpr std::array<std::pair<double, const char*>, 3> kUnits{
      {{1e-9, "ns"}, {1e-6, "µs"}, {1e-3, "ms"}}};
  if (!std::isfinite(seconds)) return "-";
  double unit = 1;
  const char* name = "s";
  for (const auto& [size, text] : kUnits) {
    if (seconds >= 1000 * size) continue;
    unit = size;
    name = text;
    break;
  }
  const double value = seconds / unit;
  return fmt::format("{:.{}f} {}", value, value < 10 ? 1 : 0, name);
}

std::string span_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::max(seconds, 0.0));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min", whole / 60);
  if (whole < 86400) return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
  return fmt::format("{} d {} h", whole / 86400, whole / 3600 % 24);
}

std::string times_text(std::uint64_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

StatusView::Histogram difference(const StatusView::Histogram& now,
                                 const StatusView::Histogram& before) {
  StatusView::Histogram result;
  for (const auto& [end, count] : now) {
    const auto old = before.find(end);
    const std::uint64_t seen = old == before.end() ? 0 : old->second;
    if (count > seen) result[end] = count - seen;
  }
  return result;
}

// Within its bucket by the logarithm: an estimate. NaN: there is none.
double quantile(const StatusView::Histogram& histogram, double share) {
  double total = 0;
  for (const auto& [end, count] : histogram) total += static_cast<double>(count);
  double rank = total * share;
  for (const auto& [end, count] : histogram) {
    const auto in_bucket = static_cast<double>(count);
    if (rank <= in_bucket) return end / 2 * std::exp2(rank / in_bucket);
    rank -= in_bucket;
  }
  return std::nan("");
}

double rate(std::uint64_t before, std::uint64_t now, double seconds) {
  return now > before ? static_cast<double>(now - before) / seconds : 0;
}

template <typename One>
One one_named(const std::vector<One>& list, const std::string& name) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const One& one) { return one.name == name; });
  return found == list.end() ? One{} : *found;
}

std::vector<double> phase_shares(const StatusView::Loop& before, const StatusView::Loop& now,
                                 double seconds) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < now.phases.size(); ++i) {
    const double old = i < before.phases.size() ? before.phases[i].seconds : 0;
    shares.push_back(std::clamp((now.phases[i].seconds - old) / seconds, 0.0, 1.0));
  }
  return shares;
}

double sum_of(const std::vector<double>& shares) {
  double sum = 0;
  for (const double share : shares) sum += share;
  return std::min(sum, 1.0);
}

void add_loop(const StatusView::Loop& before, const StatusView::Loop& now, double seconds,
              std::vector<Line>& lines) {
  if (now.held) {
    std::string text = fmt::format("{:<10} HELD for {} in its {} phase", now.name,
                                   time_text(now.held->seconds), now.held->phase);
    if (!now.held->doing.empty()) text += ", by " + now.held->doing;
    lines.push_back({kRed, std::move(text)});
    return;
  }
  const std::vector<double> shares = phase_shares(before, now, seconds);
  const auto turns = difference(now.turn, before.turn);
  lines.push_back(
      {{},
       fmt::format("{:<10}{:>8}{:>10.0f}{:>10.0f}{:>10}{:>10}{:>10}  ", now.name,
                   percent(sum_of(shares)), rate(before.requests, now.requests, seconds),
                   rate(before.turns, now.turns, seconds), time_text(quantile(turns, 0.5)),
                   time_text(quantile(turns, 0.99)), time_text(now.longest_turn)),
       shares});
  std::string phases = "  ";
  for (std::size_t i = 0; i < shares.size(); ++i) {
    phases += fmt::format("  {} {}", now.phases[i].name, percent(shares[i]));
  }
  const std::uint64_t blocked = std::max(now.blocked_turns, now.blocking_switches);
  if (blocked > 0) phases += "  BLOCKED " + times_text(blocked);
  lines.push_back({blocked > 0 ? kRed : kFaint, std::move(phases)});
}

void add_lane(const StatusView::Lane& before, const StatusView::Lane& now, double seconds,
              std::vector<Line>& lines) {
  const auto wait = difference(now.wait, before.wait);
  const auto run = difference(now.run, before.run);
  const double busy = std::max(0.0, now.run_seconds - before.run_seconds) / seconds;
  lines.push_back(
      {{},
       fmt::format("{:<10}{:>8}{:>10}{:>10.0f}{:>10}{:>10}{:>10}{:>9}", now.name,
                   fmt::format("{:.1f}/{}", busy, now.threads), now.queued,
                   rate(before.finished, now.finished, seconds), time_text(quantile(wait, 0.5)),
                   time_text(quantile(wait, 0.99)), time_text(quantile(run, 0.99)), now.refused)});
}

// "32+": of a loop the oldest are named.
std::string in_flight_text(const StatusView& now) {
  std::string text = fmt::format("requests in flight: {}", now.requests.size());
  std::size_t silent = 0;
  std::string name;
  bool more = false;
  for (const StatusView::Loop& loop : now.loops) {
    more = more || loop.has_more_requests;
    if (loop.says_its_requests) continue;
    name = loop.name;
    ++silent;
  }
  if (more) text += "+";
  if (silent == 1) return text + ", " + name + " says nothing";
  return silent == 0 ? text : text + fmt::format(", {} loops say nothing", silent);
}

void add_requests(const StatusView& now, std::vector<Line>& lines) {
  lines.push_back({{}, ""});
  lines.push_back({kBold, in_flight_text(now)});
  auto requests = now.requests;
  std::sort(requests.begin(), requests.end(),
            [](const auto& one, const auto& other) { return one.seconds > other.seconds; });
  constexpr std::size_t kShown = 8;
  for (const auto& one : std::vector(
           requests.begin(),
           requests.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, requests.size())))) {
    lines.push_back({{},
                     fmt::format("{:>8}  loop-{:<3} {:<20}  {}", time_text(one.seconds), one.loop,
                                 one.stage, one.route)});
  }
}

void add_slowest(const StatusView& now, std::vector<Line>& lines) {
  if (now.slowest.empty()) return;
  lines.push_back({{}, ""});
  lines.push_back({kBold, "slowest of the last long turns"});
  auto turns = now.slowest;
  std::sort(turns.begin(), turns.end(),
            [](const auto& one, const auto& other) { return one.seconds > other.seconds; });
  constexpr std::size_t kShown = 8;
  if (turns.size() > kShown) turns.resize(kShown);
  for (const auto& one : turns) {
    lines.push_back(
        {one.cause == "blocked" ? kRed : std::string_view(),
         fmt::format("{:>8}  {:<8} {:<12} {:<12} {:>12} ago  {}", time_text(one.seconds), one.loop,
                     one.cause, one.phase, span_text(now.time - one.ended), one.doing)});
  }
}

// What a terminal would obey becomes a question mark: names are somebody else's.
void disarm(std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 =
        byte == 0xC2U && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0U;
    if (is_c1) text.erase(i, 1);
    if (is_c1 || byte < 0x20U || byte == 0x7FU) text[i] = '?';
  }
}

// At most so many characters of UTF-8.
std::size_t cut(std::string& text, std::size_t columns) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && count++ == columns) {
      text.resize(i);
      return columns;
    }
  }
  return count;
}

// As many cells of the line's rest as the loop is busy, each phase in its colour.
std::string bar_text(const std::vector<double>& shares, std::size_t cells) {
  std::string text;
  double end = 0;
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    end += shares[i];
    const auto until =
        std::min(cells, static_cast<std::size_t>(std::lround(end * static_cast<double>(cells))));
    if (until <= drawn) continue;
    text += kPhaseColours[i % kPhaseColours.size()];
    for (; drawn < until; ++drawn) text += "█";
  }
  return text + std::string(kPlain);
}

std::string written(Line line, const ScreenSize& size) {
  constexpr std::size_t kBarMin = 5;
  disarm(line.text);
  const std::size_t used = cut(line.text, size.columns);
  if (!size.has_colours) {
    line.text.erase(line.text.find_last_not_of(' ') + 1);
    return line.text + "\n";
  }
  std::string text =
      line.style.empty() ? line.text : std::string(line.style) + line.text + std::string(kPlain);
  if (!line.bar.empty() && size.columns >= used + kBarMin) {
    text += bar_text(line.bar, size.columns - used);
  }
  return text + "\n";
}

}  // namespace

std::string top_screen(const StatusView& before, const StatusView& now, const ScreenSize& size) {
  const double seconds = std::max(now.time - before.time, 1e-3);
  double requests = 0;
  for (const StatusView::Loop& loop : now.loops) {
    requests += rate(one_named(before.loops, loop.name).requests, loop.requests, seconds);
  }
  std::vector<Line> lines;
  lines.push_back({kBold, fmt::format("ouro {}  {}  up {}  {} of {} connections  {:.0f} requests/s",
                                      now.version, now.engine, span_text(now.time - now.started),
                                      now.connections, now.connections_max, requests)});
  lines.push_back({{}, ""});
  lines.push_back({kFaint, fmt::format("{:<10}{:>8}{:>10}{:>10}{:>10}{:>10}{:>10}", "loop", "busy",
                                       "req/s", "turns/s", "lag p50", "lag p99", "longest")});
  for (const StatusView::Loop& loop : now.loops) {
    add_loop(one_named(before.loops, loop.name), loop, seconds, lines);
  }
  lines.push_back({{}, ""});
  lines.push_back(
      {kFaint, fmt::format("{:<10}{:>8}{:>10}{:>10}{:>10}{:>10}{:>10}{:>9}", "lane", "at work",
                           "queued", "done/s", "wait p50", "wait p99", "run p99", "refused")});
  for (const StatusView::Lane& lane : now.lanes) {
    add_lane(one_named(before.lanes, lane.name), lane, seconds, lines);
  }
  add_requests(now, lines);
  add_slowest(now, lines);
  if (size.rows > 0 && lines.size() > size.rows) lines.resize(size.rows);
  std::string text;
  for (Line& line : lines) text += written(std::move(line), size);
  return text;
}

}  // namespace server
