// ThreadStack: what another thread of this process is executing right now: it is sent a signal, and
// its handler walks the stack. Any thread asks, one at a time.
#pragma once

#include <pthread.h>

#include <string>
#include <vector>

#include "core/base/clock.h"

namespace core {

class ThreadStack {
 public:
  // Installs the handler, for the whole process. Threads that are to answer let the signal in. Once
  // before anybody asks.
  static void install();
  // The calling thread answers from now on.
  static void let_in();

  // Where `thread` is, innermost first. Empty when it did not answer within `limit`: it waits in
  // the kernel and lets nothing interrupt it, or has no CPU; and at once while one that was asked
  // before is still at its answer. The thread lives.
  [[nodiscard]] static std::vector<void*> of(pthread_t thread, Duration limit);

  // A line for each frame: "  library(function+0x1f) [0x55d0...]".
  [[nodiscard]] static std::string describe(const std::vector<void*>& frames);
};

}  // namespace core
