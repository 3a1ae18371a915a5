// The TLS contexts of simulated lives, made once: making one costs as much as a life. Immutable.
// One thread.
#pragma once

#include <cstddef>
#include <memory>

#include "core/tls/client_context.h"
#include "core/tls/server_context.h"

namespace simulation {

// All of them say and know the same; but each connection of a life gets one of its own, by which it
// is known whose step of a handshake a worker has.
inline constexpr std::size_t kServerContexts = 40;
[[nodiscard]] const std::shared_ptr<const core::TlsServerContext>& server_context(
    std::size_t index);

[[nodiscard]] const core::TlsClientContext& client_context(core::TlsVersion version);

// While it lives a worker is at work. Session tickets are made and opened then, and never else:
// only a handshake does that, and none runs on the loop.
class WorkerAtWork {
 public:
  WorkerAtWork();
  WorkerAtWork(const WorkerAtWork&) = delete;
  WorkerAtWork& operator=(const WorkerAtWork&) = delete;
  ~WorkerAtWork();
};

}  // namespace simulation
