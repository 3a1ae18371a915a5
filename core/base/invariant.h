// INVARIANT(condition): what must hold unless the program itself is wrong. Checked in every build;
// a violation prints the place and aborts, because a server that goes on with a broken state
// corrupts what it serves. Never for anything a peer, a file or an operator can cause.
#pragma once

namespace core {

[[noreturn]] void invariant_violated(const char* condition, const char* file, int line);

// A function, so that the branch that no test may take exists once.
inline void require(bool holds, const char* condition, const char* file, int line) {
  if (!holds) [[unlikely]] {
    invariant_violated(condition, file, line);
  }
}

}  // namespace core

#define INVARIANT(condition) \
  ::core::require(static_cast<bool>(condition), #condition, __FILE__, __LINE__)
