// INVARIANT(condition): what must hold unless the program itself is wrong. Checked in every build;
// a violation prints the place and aborts, because a server that goes on with a broken state
// corrupts what it serves. Never for anything a peer, a file or an operator can cause.
#pragma once

namespace core {

[[noreturn]] void invariant_violated(const char* condition, const char* file, int line);

}  // namespace core

#define INVARIANT(condition)                           \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::core::invariant_violated(#condition, __FILE__, __LINE__))
