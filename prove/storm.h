// Storm: one kind of attack, as a value: what is done to the server, what it may have of the CPU.
#pragma once

#include <span>
#include <string_view>

namespace prove {

struct Storm {
  std::string_view name;   // on the command line and in JSON
  std::string_view title;  // for people
  bool passwords = false;
  bool handshakes = false;
  bool cold_files = false;
  bool hanging_root = false;
  bool unread_log = false;
  double cpus = 0;  // of a quota; 0: none
};

// In the order in which they come; the first does nothing, and is what the others are compared
// with.
[[nodiscard]] std::span<const Storm> storms();
// Null: there is none.
[[nodiscard]] const Storm* storm_by_name(std::string_view name);

}  // namespace prove
