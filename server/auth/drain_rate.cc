#include "server/auth/drain_rate.h"

#include <algorithm>

#include "core/base/invariant.h"

namespace server {

std::chrono::seconds retry_after(std::size_t waiting, core::Duration mean, std::size_t threads) {
  INVARIANT(threads > 0 && mean >= core::Duration::zero());
  const std::chrono::duration<double> each = mean;
  const auto all = each * (static_cast<double>(waiting) / static_cast<double>(threads));
  return std::max(std::chrono::ceil<std::chrono::seconds>(all), std::chrono::seconds(1));
}

void DrainRate::add(core::Duration time) {
  mean_ = any_ ? mean_ + (time - mean_) / kWeight : time;
  any_ = true;
}

}  // namespace server
