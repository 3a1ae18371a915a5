// Health: the action of a `health` route: whether the server lives, which it shows by answering, or
// whether it is ready for more, which it no longer is once it is going to stop. Immutable; loop
// thread only.
#pragma once

#include <atomic>

#include "config/config.h"
#include "server/http/exchange.h"

namespace server {

class Health final : public Handler {
 public:
  // `ready` outlives this and may be changed by any thread.
  Health(config::Health asked, const std::atomic<bool>& ready) : asked_(asked), ready_(ready) {}

  void start(Exchange& exchange) override;

 private:
  const config::Health asked_;
  const std::atomic<bool>& ready_;
};

}  // namespace server
