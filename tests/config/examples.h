// The configurations that we show people, and the sample of the tests. They all load.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace config {

struct Example {
  std::string name;
  std::string text;
};

// kSample, config/sample.jsonc, the image's, and every jsonc block of the README.
[[nodiscard]] std::vector<Example> examples();

// The seed of a random test: OURO_TEST_SEED, or another one each time.
[[nodiscard]] unsigned random_seed();

// Tests that change a text at each of its places try all of them; under sanitizers, where that
// takes minutes, every so many, from another first one each time.
#ifdef OURO_SANITIZE
inline constexpr std::size_t kOffsetStride = 8;
#else
inline constexpr std::size_t kOffsetStride = 1;
#endif
[[nodiscard]] inline std::size_t first_offset() {
  return kOffsetStride == 1 ? 0 : random_seed() % kOffsetStride;
}

}  // namespace config
