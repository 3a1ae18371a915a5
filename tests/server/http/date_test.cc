// Goal: RFC 9110 5.6.7, both directions, exact at every boundary. Method: the RFC's example, tables
// of what must be refused, every one-byte mutilation of a valid date, and random days against the C
// library's gmtime_r and timegm. Expected seconds are those of date(1).
#include "server/http/date.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <random>
#include <string>
#include <string_view>

using server::kDateSecondsMax;
using server::kDateSize;
using server::parse_date;
using server::render_date;

namespace {

constexpr std::int64_t kNow = 1'767'225'600;       // 2026-01-01T00:00:00Z
constexpr std::int64_t kRfcExample = 784'111'777;  // 1994-11-06T08:49:37Z
constexpr std::int64_t kDay = 86'400;

std::string rendered(std::int64_t seconds) {
  std::array<char, kDateSize> buffer{};
  return std::string(render_date(seconds, buffer));
}

std::tm broken_down(std::int64_t seconds) {
  std::tm result{};
  const std::time_t time = seconds;
  REQUIRE(gmtime_r(&time, &result) != nullptr);
  return result;
}

// Through the C library, which runs in the "C" locale here.
std::string by_strftime(const char* format, const std::tm& time) {
  std::array<char, 64> buffer{};
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), format, &time)};
}

std::int64_t utc(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  std::tm time{};
  time.tm_year = year - 1900;
  time.tm_mon = month - 1;
  time.tm_mday = day;
  time.tm_hour = hour;
  time.tm_min = minute;
  time.tm_sec = second;
  return timegm(&time);
}

}  // namespace

TEST_CASE("RFC 9110 5.6.7: the example in its three forms") {
  CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow) == kRfcExample);
  CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow) == kRfcExample);
  CHECK(parse_date("Sun Nov  6 08:49:37 1994", kNow) == kRfcExample);
  CHECK(rendered(kRfcExample) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("asctime: two digits of the day, with and without a zero") {
  CHECK(parse_date("Wed Nov 16 08:49:37 1994", kNow) == utc(1994, 11, 16, 8, 49, 37));
  CHECK(parse_date("Sun Nov 06 08:49:37 1994", kNow) == kRfcExample);
}

TEST_CASE("rendering covers 1970 to 9999 and clamps the rest") {
  struct Case {
    std::int64_t seconds;
    std::string_view text;
  };
  const Case cases[] = {
      {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {-1, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {INT64_MIN, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {951'782'400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {4'107'542'399, "Sun, 28 Feb 2100 23:59:59 GMT"},
      {4'107'542'400, "Mon, 01 Mar 2100 00:00:00 GMT"},
      {kDateSecondsMax, "Fri, 31 Dec 9999 23:59:59 GMT"},
      {kDateSecondsMax + 1, "Fri, 31 Dec 9999 23:59:59 GMT"},
      {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.seconds);
    CHECK(rendered(c.seconds) == c.text);
  }
}

TEST_CASE("the day must exist in its month") {
  constexpr std::string_view kValid[] = {
      "Sat, 29 Feb 2020 00:00:00 GMT", "Tue, 29 Feb 2000 00:00:00 GMT",
      "Tue, 31 Jan 2023 00:00:00 GMT", "Sun, 30 Apr 2023 00:00:00 GMT",
      "Sun, 31 Dec 2023 23:59:59 GMT", "Thu Feb 29 00:00:00 2024"};
  for (const std::string_view text : kValid) {
    CAPTURE(text);
    CHECK(parse_date(text, kNow).has_value());
  }
  constexpr std::string_view kInvalid[] = {
      "Wed, 29 Feb 2023 00:00:00 GMT", "Mon, 29 Feb 2100 00:00:00 GMT",
      "Thu, 30 Feb 2020 00:00:00 GMT", "Wed, 32 Jan 2023 00:00:00 GMT",
      "Mon, 31 Apr 2023 00:00:00 GMT", "Sat, 31 Jun 2023 00:00:00 GMT",
      "Mon, 31 Sep 2023 00:00:00 GMT", "Fri, 31 Nov 2023 00:00:00 GMT",
      "Mon, 00 Jan 2023 00:00:00 GMT", "Mon, 99 Jan 2023 00:00:00 GMT",
      "Wed Feb 29 00:00:00 2023",      "Wednesday, 29-Feb-23 00:00:00 GMT",
      "Sun Nov  0 08:49:37 1994"};
  for (const std::string_view text : kInvalid) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text, kNow).has_value());
  }
}

TEST_CASE("the time of day: limits and one more; second 60 is the next minute's first") {
  const std::int64_t day = utc(2016, 12, 31);
  CHECK(parse_date("Sat, 31 Dec 2016 23:59:59 GMT", kNow) == day + kDay - 1);
  CHECK(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow) == day + kDay);
  CHECK(parse_date("Sat, 31 Dec 2016 12:00:60 GMT", kNow) == day + kDay / 2 + 60);
  for (const std::string_view time : {"24:00:00", "23:60:00", "23:59:61", "99:00:00", "00:99:00"}) {
    CAPTURE(time);
    CHECK_FALSE(parse_date("Sat, 31 Dec 2016 " + std::string(time) + " GMT", kNow).has_value());
  }
}

TEST_CASE("a wrong day name is forgiven, one that does not exist is not") {
  CHECK(parse_date("Mon, 06 Nov 1994 08:49:37 GMT", kNow) == kRfcExample);
  CHECK(parse_date("Friday, 06-Nov-94 08:49:37 GMT", kNow) == kRfcExample);
  CHECK(parse_date("Sat Nov  6 08:49:37 1994", kNow) == kRfcExample);
  CHECK_FALSE(parse_date("Sum, 06 Nov 1994 08:49:37 GMT", kNow).has_value());
}

TEST_CASE("whatever is not one of the three forms is refused") {
  constexpr std::string_view kCases[] = {
      "",
      "0",
      "784111777",
      "Sun, 06 Nov 1994 08:49:37 GMT ",
      " Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37",
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37 gmt",
      "sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT",
      "Sunday, 06 Nov 1994 08:49:37 GMT",
      "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun,  6 Nov 1994 08:49:37 GMT",
      "Sun, 06-Nov-1994 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun, 06 Nov 19940 08:49:37 GMT",
      "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 Nov 1994 -8:49:37 GMT",
      "Sun, 06 Nov 1994 08.49.37 GMT",
      "Sun Nov 6 08:49:37 1994",
      "Sun Nov  16 08:49:37 1994",
      "Sun Nov  6 08:49:37 1994 GMT",
      "Sun Nov  6 08:49:37 94",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      "1994-11-06T08:49:37Z"};
  for (const std::string_view text : kCases) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text, kNow).has_value());
  }
}

TEST_CASE("every proper prefix of a date is refused, and every byte counts") {
  constexpr std::string_view kForms[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                         "Sunday, 06-Nov-94 08:49:37 GMT",
                                         "Sun Nov  6 08:49:37 1994"};
  for (const std::string_view form : kForms) {
    for (std::size_t i = 0; i < form.size(); ++i) {
      CAPTURE(form);
      CAPTURE(i);
      CHECK_FALSE(parse_date(form.substr(0, i), kNow).has_value());
      std::string broken(form);
      for (const char c : {'\0', '/', ':' == form[i] ? ';' : ':', 'z', '\xff'}) {
        broken[i] = c;
        CHECK_FALSE(parse_date(broken, kNow).has_value());
      }
    }
  }
}

TEST_CASE("RFC 9110 5.6.7: a two-digit year is at most 50 years ahead") {
  const std::int64_t now = utc(2026, 3, 15, 12, 0, 0);
  struct Case {
    std::string_view text;
    std::int64_t seconds;
  };
  const Case cases[] = {
      {"Sunday, 15-Mar-26 12:00:00 GMT", now},
      {"Sunday, 15-Mar-76 12:00:00 GMT", utc(2076, 3, 15, 12, 0, 0)},  // exactly 50 years
      {"Sunday, 15-Mar-76 12:00:01 GMT", utc(1976, 3, 15, 12, 0, 1)},  // a second more
      {"Sunday, 31-Dec-76 00:00:00 GMT", utc(1976, 12, 31)},
      {"Sunday, 31-Dec-75 23:59:59 GMT", utc(2075, 12, 31, 23, 59, 59)},
      {"Saturday, 01-Jan-77 00:00:00 GMT", utc(1977, 1, 1)},
      {"Friday, 31-Dec-99 23:59:59 GMT", utc(1999, 12, 31, 23, 59, 59)},
      {"Saturday, 01-Jan-00 00:00:00 GMT", utc(2000, 1, 1)},
      {"Tuesday, 29-Feb-00 00:00:00 GMT", utc(2000, 2, 29)},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(parse_date(c.text, now) == c.seconds);
  }
  // Late in a century the next one is near.
  CHECK(parse_date("Sunday, 01-Jan-05 00:00:00 GMT", utc(2099, 6, 1)) == utc(2105, 1, 1));
  // 2100 has no 29 February, so a client of 2060 that writes one has written no date.
  CHECK_FALSE(parse_date("Monday, 29-Feb-00 00:00:00 GMT", utc(2060, 1, 1)).has_value());
  // A clock out of range must not take the calendar with it.
  CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", INT64_MIN) == kRfcExample);
  CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", INT64_MAX).has_value());
}

TEST_CASE("four-digit years before the epoch are negative") {
  CHECK(parse_date("Wed, 31 Dec 1969 23:59:59 GMT", kNow) == -1);
  CHECK(parse_date("Sat, 01 Jan 0000 00:00:00 GMT", kNow) == utc(0, 1, 1));
}

TEST_CASE("random days agree with gmtime_r, strftime and timegm") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any_time(0, kDateSecondsMax);
  // Every form is exact in 1977..2075 as seen from kNow.
  std::uniform_int_distribution<std::int64_t> near_time(utc(1977, 1, 1), utc(2075, 12, 31));
  for (int i = 0; i < 5'000; ++i) {
    const std::int64_t seconds = i % 2 == 0 ? any_time(random) : near_time(random);
    std::tm time = broken_down(seconds);
    REQUIRE(timegm(&time) == seconds);
    const std::string text = rendered(seconds);
    REQUIRE(text == by_strftime("%a, %d %b %Y %H:%M:%S GMT", time));
    REQUIRE(parse_date(text, kNow) == seconds);
    REQUIRE(parse_date(by_strftime("%a %b %e %H:%M:%S %Y", time), kNow) == seconds);
    if (i % 2 == 1) {
      REQUIRE(parse_date(by_strftime("%A, %d-%b-%y %H:%M:%S GMT", time), kNow) == seconds);
    }
  }
}

TEST_CASE("every day of 400 years follows the one before") {
  for (std::int64_t seconds = utc(1970, 1, 1); seconds < utc(2370, 1, 2); seconds += kDay) {
    std::array<char, kDateSize> buffer{};
    REQUIRE(parse_date(render_date(seconds, buffer), kNow) == seconds);
  }
}
