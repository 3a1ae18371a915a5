#include "loadtest/tally.h"

#include <algorithm>
#include <ctime>
#include <numeric>

#include "core/base/invariant.h"

namespace loadtest {

std::uint64_t Tally::mishap_count() const {
  return std::accumulate(mishaps.begin(), mishaps.end(), std::uint64_t{0});
}

void Tally::merge(const Tally& other) {
  if (engine.empty()) engine = other.engine;
  requests += other.requests;
  bytes += other.bytes;
  connections_opened += other.connections_opened;
  measured = std::max(measured, other.measured);
  cpu_before = std::max(cpu_before, other.cpu_before);
  for (std::size_t i = 0; i < kMishapCount; ++i) mishaps[i] += other.mishaps[i];
  if (first_mishap.empty()) first_mishap = other.first_mishap;
  latency.merge(other.latency);
  lateness.merge(other.lateness);
  tls.handshakes += other.tls.handshakes;
  tls.resumed += other.tls.resumed;
  if (tls.version.empty()) {
    tls.version = other.tls.version;
    tls.cipher = other.tls.cipher;
  }
  for (const auto& [words, times] : other.tls.failures) tls.failures[words] += times;
}

std::chrono::nanoseconds process_cpu_time() {
  timespec time{};
  INVARIANT(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace loadtest
