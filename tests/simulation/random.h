// Chance of one simulated life: everything that could go one way or another asks here, so that a
// seed is a whole life. Values; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "core/base/invariant.h"

namespace simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : generator_(seed) {}

  // 0 .. size-1
  [[nodiscard]] std::size_t below(std::size_t size) {
    INVARIANT(size > 0);
    return static_cast<std::size_t>(generator_() % size);
  }
  [[nodiscard]] std::size_t between(std::size_t first, std::size_t last) {
    return first + below(last - first + 1);
  }
  [[nodiscard]] bool chance(double probability) {
    return static_cast<double>(generator_() >> 11U) * 0x1.0p-53 < probability;
  }

 private:
  std::mt19937_64 generator_;
};

}  // namespace simulation
