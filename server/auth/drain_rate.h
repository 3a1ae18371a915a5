// DrainRate: how fast hashes come out of their lane, and what that means for those who have to wait
// (RFC 9110 10.2.3). One thread, its owner's.
#pragma once

#include <chrono>
#include <cstddef>

#include "core/base/clock.h"

namespace server {

// When as many as wait now will be done, rounded up; at least one second. `mean`: for how long one
// has its thread.
[[nodiscard]] std::chrono::seconds retry_after(std::size_t waiting, core::Duration mean,
                                               std::size_t threads);

class DrainRate {
 public:
  // A new time weighs an eighth: after some twenty, what was before is forgotten.
  static constexpr int kWeight = 8;

  // `estimate`: what counts until the first; zero: unknown.
  explicit DrainRate(core::Duration estimate = {}) : mean_(estimate) {}

  void add(core::Duration time);
  [[nodiscard]] core::Duration mean() const { return mean_; }

 private:
  core::Duration mean_;
  bool any_ = false;
};

}  // namespace server
