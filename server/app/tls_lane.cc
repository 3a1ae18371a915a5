#include "server/app/tls_lane.h"

namespace server {
namespace {

// Half a second of RSA-2048 on one core: who waits longer is better told at once.
constexpr std::size_t kQueueMax = 1024;
// Handshakes are nothing but CPU. On a machine whose cores are all busy the loops run first, or a
// plain request would wait behind a signature.
constexpr int kNice = 19;

}  // namespace

core::WorkerPool::Options tls_lane_options(const config::Lanes::Tls& tls, std::size_t loops) {
  // More than there are cores would only take turns.
  core::WorkerPool::Options options{"tls", loops, kQueueMax, kNice};
  if (tls.threads != 0) options.threads = tls.threads;
  if (tls.queue != 0) options.queue_jobs_max = tls.queue;
  return options;
}

}  // namespace server
