// Goal: durations, sizes and rates mean what they say, everything else is refused with what to
// write. Method: tables, with the largest numbers and one more.
#include "config/values.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

TEST_SUITE("config/values") {
  TEST_CASE("durations") {
    struct Case {
      std::string_view text;
      std::int64_t milliseconds;
    };
    constexpr Case kCases[] = {
        {"0s", 0},      {"1ms", 1},        {"500ms", 500},  {"30s", 30'000},
        {"1m", 60'000}, {"2h", 7'200'000}, {"007s", 7'000}, {"9223372036854775807ms", INT64_MAX}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto duration = config::parse_duration(test.text);
      REQUIRE(duration);
      CHECK(duration->count() == test.milliseconds);
    }
  }

  TEST_CASE("what is not a duration") {
    constexpr std::string_view kCases[] = {"",
                                           "s",
                                           "30",
                                           "-1s",
                                           "+1s",
                                           "1.5s",
                                           "1 s",
                                           " 1s",
                                           "1s ",
                                           "1S",
                                           "1d",
                                           "1h2m",
                                           "0x1s",
                                           "1e3s",
                                           "9223372036854775808ms",
                                           "9223372036854776s",
                                           "99999999999999999999s"};
    for (const std::string_view text : kCases) {
      CAPTURE(text);
      const auto duration = config::parse_duration(text);
      REQUIRE_FALSE(duration);
      CHECK(duration.error().message.ends_with("is not a duration"));
      CHECK_FALSE(duration.error().help.empty());
    }
    CHECK(config::parse_duration("30").error().help == "it needs a unit: \"30s\" or \"30ms\"");
  }

  TEST_CASE("sizes") {
    struct Case {
      std::string_view text;
      std::uint64_t bytes;
    };
    constexpr Case kCases[] = {{"0", 0},
                               {"1024", 1024},
                               {"7B", 7},
                               {"16KiB", 16'384},
                               {"1MiB", 1'048'576},
                               {"2GiB", 1ULL << 31U},
                               {"1TiB", 1ULL << 40U},
                               {"8388607TiB", 8388607ULL << 40U}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto size = config::parse_size(test.text);
      REQUIRE(size);
      CHECK(*size == test.bytes);
    }
  }

  TEST_CASE("what is not a size, and what was meant") {
    struct Case {
      std::string_view text;
      std::string_view help;
    };
    constexpr std::string_view kGeneral =
        "a whole number of bytes, or with KiB, MiB, GiB or TiB, such as \"16KiB\"";
    constexpr Case kCases[] = {{"16k", "did you mean \"16KiB\"?"},
                               {"16K", "did you mean \"16KiB\"?"},
                               {"16kb", "did you mean \"16KiB\"?"},
                               {"16KB", "did you mean \"16KiB\"?"},
                               {"16kib", "did you mean \"16KiB\"?"},
                               {"1M", "did you mean \"1MiB\"?"},
                               {"1gb", "did you mean \"1GiB\"?"},
                               {"", kGeneral},
                               {"KiB", kGeneral},
                               {"-1", kGeneral},
                               {"1.5MiB", kGeneral},
                               {"1 MiB", kGeneral},
                               {"8388608TiB", kGeneral},
                               {"9223372036854775808", kGeneral}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto size = config::parse_size(test.text);
      REQUIRE_FALSE(size);
      CHECK(size.error().message.ends_with("is not a size"));
      CHECK(size.error().help == test.help);
    }
  }

  TEST_CASE("rates") {
    struct Case {
      std::string_view text;
      std::uint64_t bytes_per_second;
    };
    constexpr Case kCases[] = {
        {"0/s", 0},          {"240/s", 240},          {"240B/s", 240},
        {"16KiB/s", 16'384}, {"1GiB/s", 1ULL << 30U}, {"8388607TiB/s", 8388607ULL << 40U}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto rate = config::parse_byte_rate(test.text);
      REQUIRE(rate);
      CHECK(*rate == test.bytes_per_second);
    }
  }

  TEST_CASE("what is not a rate, and what was meant") {
    struct Case {
      std::string_view text;
      std::string_view help;
    };
    constexpr std::string_view kGeneral =
        "bytes for each second, such as \"240B/s\" or \"16KiB/s\"";
    constexpr Case kCases[] = {{"240", "did you mean \"240B/s\"?"},
                               {"240B", "did you mean \"240B/s\"?"},
                               {"16KiB", "did you mean \"16KiB/s\"?"},
                               {"16k", "did you mean \"16KiB/s\"?"},
                               {"16kb/s", "did you mean \"16KiB/s\"?"},
                               {"1MB/s", "did you mean \"1MiB/s\"?"},
                               {"", kGeneral},
                               {"/s", kGeneral},
                               {"B/s", kGeneral},
                               {"-1B/s", kGeneral},
                               {"1.5KiB/s", kGeneral},
                               {"240 B/s", kGeneral},
                               {"240B /s", kGeneral},
                               {"240B/m", kGeneral},
                               {"240B/S", kGeneral},
                               {"240B/s/s", kGeneral},
                               {"240Bps", kGeneral},
                               {"8388608TiB/s", kGeneral},
                               {"8388608tb/s", kGeneral},
                               {"9223372036854775808/s", kGeneral}};
    for (const Case& test : kCases) {
      CAPTURE(test.text);
      const auto rate = config::parse_byte_rate(test.text);
      REQUIRE_FALSE(rate);
      CHECK(rate.error().message.ends_with("is not a rate"));
      CHECK(rate.error().help == test.help);
    }
  }

  TEST_CASE("formatting takes the largest unit without a fraction") {
    using std::chrono::milliseconds;
    CHECK(config::format_duration(milliseconds(0)) == "0ms");
    CHECK(config::format_duration(milliseconds(1500)) == "1500ms");
    CHECK(config::format_duration(milliseconds(90'000)) == "90s");
    CHECK(config::format_duration(milliseconds(3'600'000)) == "1h");
    CHECK(config::format_size(0) == "0B");
    CHECK(config::format_size(1000) == "1000B");
    CHECK(config::format_size(1024) == "1KiB");
    CHECK(config::format_size(1ULL << 40U) == "1TiB");
    CHECK(config::format_byte_rate(240) == "240B/s");
    CHECK(config::format_byte_rate(1024) == "1KiB/s");
  }
}
