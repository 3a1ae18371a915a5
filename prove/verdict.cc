#include "prove/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace prove {
namespace {

double milliseconds(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

std::string describe(const SlowTurn& turn) {
  std::string text = fmt::format("{}: {:.1f} ms", turn.loop, turn.seconds * 1e3);
  if (!turn.cause.empty()) text += " " + turn.cause;
  if (turn.cause == "descheduled") text += " (it had no CPU: that is nobody's work)";
  text += fmt::format(" in its {} phase", turn.phase);
  return turn.doing.empty() ? text : text + ", by " + turn.doing;
}

// Who it was: the longest turn with that cause, any cause if it is empty; else what the error log
// said. Empty: nobody knows.
std::string culprit(const Row& row, std::string_view cause) {
  const auto found =
      std::find_if(row.slow_turns.begin(), row.slow_turns.end(),
                   [cause](const SlowTurn& turn) { return cause.empty() || turn.cause == cause; });
  if (found != row.slow_turns.end()) return " (" + describe(*found) + ")";
  return row.held.empty() ? "" : " (" + row.held.front() + ")";
}

void check_blocked(const Row& row, std::vector<std::string>& failures) {
  const std::uint64_t times = std::max(row.loops.blocking_switches, row.loops.blocked_turns);
  if (times == 0) return;
  std::string who = culprit(row, "blocked");
  if (who.empty()) who = ", in turns of less than 10 ms, of which nobody notes for whom they were";
  failures.push_back(fmt::format("a loop waited for something {}{}",
                                 times == 1 ? "once" : fmt::format("{} times", times), who));
}

// Time that no loop's turn took was taken elsewhere: by ourselves, as far as we know it. A turn
// that still lasts is not among those that were counted, but the log has it.
void check_budget(const Row& row, std::vector<std::string>& failures) {
  if (row.plain.p99 <= row.budget) return;
  std::string text = fmt::format("p99 of {:.2f} ms is above {:.2f} ms", milliseconds(row.plain.p99),
                                 milliseconds(row.budget));
  if (row.plain.lateness > row.budget / 2) {
    text += fmt::format(
        ", but they were sent {:.2f} ms late (p99): this machine is too busy to tell anything",
        milliseconds(row.plain.lateness));
  } else if (!row.held.empty() || row.lag * 1e3 >= milliseconds(row.budget) / 2) {
    text += culprit(row, "");
  } else {
    text += fmt::format(
        " although no turn of a loop took longer than {:.2f} ms; the loops waited {:.0f} ms for a "
        "CPU, which the storm or other programs had",
        row.lag * 1e3, row.cpu_wait * 1e3);
  }
  failures.push_back(std::move(text));
}

void check_requests(const Row& row, std::vector<std::string>& failures) {
  if (row.plain.failed == 0) return;
  const std::string& first = row.plain.first_failure;
  failures.push_back(fmt::format("{} of {} plain requests failed: {}", row.plain.failed,
                                 row.plain.failed + row.plain.answered,
                                 first.substr(0, first.find_first_of("\r\n"))));
}

// A storm that does nothing proves nothing.
void check_work(const Row& row, std::vector<std::string>& failures) {
  if (row.plain.answered == 0 || row.loops.turns == 0) {
    failures.emplace_back("nothing was measured");
  }
  if (row.loops.sampled_turns < row.loops.turns / 2) {
    failures.push_back(fmt::format("only {} of {} turns were looked at", row.loops.sampled_turns,
                                   row.loops.turns));
  }
  for (const Work& work : row.work) {
    if (!(work.amount > 0)) failures.push_back("the storm did nothing: 0 " + work.unit);
  }
}

}  // namespace

std::chrono::nanoseconds budget_for(const Storm& storm, std::chrono::nanoseconds p99_alone,
                                    std::chrono::milliseconds least) {
  const std::chrono::nanoseconds floor = storm.cpus > 0 ? std::max(least, kQuotaPeriod) : least;
  return std::max(kTimesAlone * p99_alone, floor);
}

std::vector<std::string> failures_of(const Row& row) {
  std::vector<std::string> failures;
  if (!row.left_out.empty()) return failures;
  if (!row.end.empty()) {
    failures.push_back("the server is gone: " + row.end);
    return failures;
  }
  check_blocked(row, failures);
  check_budget(row, failures);
  check_requests(row, failures);
  check_work(row, failures);
  return failures;
}

}  // namespace prove
