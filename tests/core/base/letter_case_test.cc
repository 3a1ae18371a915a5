// Goal: the 26 letters change and no other byte does. Method: all of them.

#include "core/base/letter_case.h"

#include <doctest/doctest.h>

#include <string_view>

TEST_CASE("capitals become small, every other byte stays") {
  constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
  for (int byte = -128; byte < 128; ++byte) {
    CAPTURE(byte);
    const char c = static_cast<char>(byte);
    const auto at = kCapitals.find(c);
    CHECK(core::to_lower(c) == (at == std::string_view::npos ? c : kSmall[at]));
  }
}

TEST_CASE("a text, letter by letter") {
  CHECK(core::lower_case("") == "");
  CHECK(core::lower_case("X-Forwarded-For: \xC3\x84[@`{") == "x-forwarded-for: \xC3\x84[@`{");
}
