// The configurations that we show people, and the sample of the tests. They all load.
#pragma once

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

}  // namespace config
