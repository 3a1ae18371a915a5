// ThreadUsage: what a thread has had of the CPU, and how often it was off it. Any thread, of
// itself.
#pragma once

#include <cstdint>

#include "core/base/clock.h"

namespace core {

struct ThreadUsage {
  Duration cpu_time{};
  std::uint64_t voluntary_switches = 0;  // it had to wait for something: getrusage(2), ru_nvcsw

  // Two system calls, without a lock.
  [[nodiscard]] static ThreadUsage of_this_thread();
};

[[nodiscard]] inline ThreadUsage operator-(const ThreadUsage& later, const ThreadUsage& earlier) {
  return {later.cpu_time - earlier.cpu_time, later.voluntary_switches - earlier.voluntary_switches};
}

}  // namespace core
