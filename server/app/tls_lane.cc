#include "server/app/tls_lane.h"

#include <algorithm>

namespace server {
namespace {

// A second of RSA-2048 on one core: who waits longer is better told at once. And twice what a
// single client may try at a time, a thousand.
constexpr std::size_t kQueueMax = 2048;
// Handshakes are nothing but CPU. On a machine whose cores are all busy the loops run first, or a
// plain request would wait behind a signature.
constexpr int kNice = 19;
// A loop runs before the workers, on their core: woken for each result it interrupts the next
// handshake. Eight are 4 ms of RSA-2048, in a line that is longer than that.
constexpr std::size_t kResultsAtATime = 8;

}  // namespace

core::WorkerPool::Options tls_lane_options(const config::Lanes::Tls& tls, std::size_t loops) {
  // More than there are cores would only take turns.
  core::WorkerPool::Options options{"tls", loops, kQueueMax, kNice};
  if (tls.threads != 0) options.threads = tls.threads;
  if (tls.queue != 0) options.queue_jobs_max = tls.queue;
  // For both queues: no handshake hangs, and more that run would only share the cores.
  options.threads_max = options.threads;
  options.results_at_a_time = kResultsAtATime;
  return options;
}

std::size_t handshakes_per_address_max(const core::WorkerPool::Options& lane) {
  return std::max<std::size_t>(lane.queue_jobs_max / 2, 1);
}

}  // namespace server
