// Goal: the Date of an answer is this second, in the one format clients accept. Method: against
// time(2) before and after, and strftime.
#include "server/http/date_text.h"

#include <doctest/doctest.h>

#include <array>
#include <ctime>
#include <string>
#include <string_view>

using server::DateText;

namespace {

std::string expected(std::time_t seconds) {
  std::tm parts{};
  REQUIRE(::gmtime_r(&seconds, &parts) != nullptr);
  std::array<char, 64> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

// The coarse clock may lag the fine one by a tick: the second before counts too.
bool is_now(std::string_view text, std::time_t before, std::time_t after) {
  for (std::time_t second = before - 1; second <= after; ++second) {
    if (text == expected(second)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("it is now") {
  DateText date;
  const std::time_t before = std::time(nullptr);
  const std::string text(date.now());
  CHECK(is_now(text, before, std::time(nullptr)));
}

TEST_CASE("it moves on with the second, and stays within one") {
  DateText date;
  const std::time_t begin = std::time(nullptr);
  std::string last(date.now());
  int changes = 0;
  // A busy wait for the clock itself, at most three seconds.
  while (changes < 1 && std::time(nullptr) < begin + 3) {
    const std::time_t before = std::time(nullptr);
    const std::string text(date.now());
    REQUIRE(is_now(text, before, std::time(nullptr)));
    if (text != last) ++changes;
    last = text;
  }
  CHECK(changes == 1);
}
