// What libFuzzer's entry points have in common. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fuzz {

// A property that does not hold is a crash, which is what libFuzzer saves and reduces.
inline int report(std::string (*property)(std::string_view), const std::uint8_t* data,
                  std::size_t size) {
  const std::string problem = property(std::string_view(reinterpret_cast<const char*>(data), size));
  if (problem.empty()) return 0;
  std::fprintf(stderr, "the property does not hold: %s\n", problem.c_str());
  std::abort();
}

}  // namespace fuzz
