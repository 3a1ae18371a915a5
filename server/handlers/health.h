// Health: the action of a `health` route: whether the server lives, which it shows by answering, or
// whether it is ready for more, which it no longer is once it is going to stop. Immutable; loop
// thread only.
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "config/config.h"
#include "server/http/exchange.h"

namespace server {

class Health final : public Handler {
 public:
  // `ready` outlives this and may be changed by any thread. `lives` may be empty: whoever answers
  // lives.
  Health(config::Health asked, const std::atomic<bool>& ready, std::function<bool()> lives = {})
      : asked_(asked), ready_(ready), lives_(std::move(lives)) {}

  void start(Exchange& exchange) override;

 private:
  const config::Health asked_;
  const std::atomic<bool>& ready_;
  const std::function<bool()> lives_;
};

}  // namespace server
