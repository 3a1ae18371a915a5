#include "core/probe/thread_usage.h"

#include <sys/resource.h>

#include <chrono>
#include <ctime>

#include "core/base/invariant.h"

namespace core {
ThreadUsage ThreadUsage::of_this_thread() {
  rusage usage{};
  INVARIANT(::getrusage(RUSAGE_THREAD, &usage) == 0);
  // Its CPU time is that of the last tick or switch; this is that of now.
  timespec cpu_time{};
  INVARIANT(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu_time) == 0);
  return {std::chrono::seconds(cpu_time.tv_sec) + std::chrono::nanoseconds(cpu_time.tv_nsec),
          static_cast<std::uint64_t>(usage.ru_nvcsw)};
}

}  // namespace core
