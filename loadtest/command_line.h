// The command line of ouro-load. Values; prints help and errors itself.
#pragma once

#include <variant>

#include "loadtest/plan.h"

namespace loadtest {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitWrongInput = 2;

// What to do, or the exit code of a command line that is wrong or wanted only help.
[[nodiscard]] std::variant<Options, int> parse_command_line(int argc, const char* const* argv);

}  // namespace loadtest
