// Pacer: the moments at which an open loop means to send, evenly spaced, one sequence dealt to
// several loops in turn. They are fixed before the run begins: a request that finds no connection
// free keeps its moment, and its latency counts from there. One thread; cannot fail.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/clock.h"

namespace loadtest {

class Pacer {
 public:
  // `rate` requests a second in all loops together, > 0; this is loop `index` of `loops`.
  Pacer(core::TimePoint start, double rate, std::size_t index, std::size_t loops);

  // The moment of the oldest request that has not been taken.
  [[nodiscard]] core::TimePoint next() const { return moment(taken_); }
  core::TimePoint take() { return moment(taken_++); }
  // How many are due before `until` and have not been taken.
  [[nodiscard]] std::uint64_t waiting(core::TimePoint until) const;

 private:
  [[nodiscard]] core::TimePoint moment(std::uint64_t number) const;

  const core::TimePoint start_;
  const double interval_nanoseconds_;  // between two requests of all loops
  const std::size_t index_;
  const std::size_t loops_;
  std::uint64_t taken_ = 0;
};

}  // namespace loadtest
