// Figures: what a server has counted of itself, of all its loops together, as its /metrics says it.
// Values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

namespace prove {

struct Figures {
  std::uint64_t turns = 0;
  std::uint64_t sampled_turns = 0;  // of which it is known whether they waited
  std::uint64_t blocking_switches = 0;
  // Of 10 ms and more.
  std::uint64_t busy_turns = 0;
  std::uint64_t blocked_turns = 0;
  std::uint64_t descheduled_turns = 0;
  // By what no turn among them took longer than, in seconds; the last has no end.
  std::map<double, std::uint64_t> turns_within;
  std::uint64_t hashes = 0;
  std::uint64_t handshakes = 0;
  std::uint64_t log_records_dropped = 0;  // of the access log
};

// What is missing is 0.
[[nodiscard]] Figures read_figures(std::string_view metrics);

// What came in between.
[[nodiscard]] Figures operator-(const Figures& later, const Figures& earlier);

// In seconds: the end of the last bucket with a turn in it; 0 without any.
[[nodiscard]] double longest_turn_at_most(const Figures& figures);

}  // namespace prove
