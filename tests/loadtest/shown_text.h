// What a program shows, looked at by its parts. The test's thread.
#pragma once

#include <doctest/doctest.h>

#include <string>

namespace test {

// CHECK(has(text, part)): a text without the part is shown.
[[nodiscard]] inline bool has(const std::string& text, const std::string& part) {
  const bool found = text.find(part) != std::string::npos;
  if (!found) MESSAGE(part << " is not in:\n" << text);
  return found;
}

}  // namespace test
