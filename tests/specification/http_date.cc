#include "tests/specification/http_date.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "tests/specification/grammar.h"

namespace specification {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};

// What a text says where a shape has digits: 1 day, 2 month, 3 year, 4 hour, 5 minute, 6 second.
// All else stands in the text as it does in the shape.
struct Parts {
  bool fits = false;
  std::string day, month, year, hour, minute, second;
};

Parts take_apart(std::string_view text, std::string_view shape) {
  Parts parts;
  if (text.size() != shape.size()) return parts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string* part = nullptr;
    if (shape[i] == '1') part = &parts.day;
    if (shape[i] == '2') part = &parts.month;
    if (shape[i] == '3') part = &parts.year;
    if (shape[i] == '4') part = &parts.hour;
    if (shape[i] == '5') part = &parts.minute;
    if (shape[i] == '6') part = &parts.second;
    if (part != nullptr) {
      *part += text[i];
    } else if (text[i] != shape[i]) {
      return parts;
    }
  }
  parts.fits = true;
  return parts;
}

// As the calendar has it; nothing when the parts are no numbers, or name no day or time.
std::optional<std::tm> to_calendar(const Parts& parts, int year) {
  const std::size_t month = kMonths.find(parts.month);
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  for (const std::string& number : {parts.day, parts.hour, parts.minute, parts.second}) {
    if (!all_digits(number)) return std::nullopt;
  }
  std::tm date{};
  date.tm_year = year - 1900;
  date.tm_mon = static_cast<int>(month / 3);
  date.tm_mday = std::stoi(parts.day);
  date.tm_hour = std::stoi(parts.hour);
  date.tm_min = std::stoi(parts.minute);
  date.tm_sec = std::stoi(parts.second);
  if (date.tm_hour > 23 || date.tm_min > 59 || date.tm_sec > 60) return std::nullopt;
  return date;
}

// A day that does not exist becomes another one.
bool exists(const std::tm& date) {
  std::tm day = date;
  day.tm_hour = day.tm_min = day.tm_sec = 0;
  (void)timegm(&day);
  return day.tm_mday == date.tm_mday && day.tm_mon == date.tm_mon;
}

std::optional<std::int64_t> four_digit_date(const Parts& parts) {
  if (!parts.fits || !all_digits(parts.year)) return std::nullopt;
  std::optional<std::tm> date = to_calendar(parts, std::stoi(parts.year));
  if (!date || !exists(*date)) return std::nullopt;
  return timegm(&*date);
}

// "a timestamp that appears to be more than 50 years in the future [represents] the most recent
// year in the past that had the same last two digits"
std::optional<std::int64_t> two_digit_date(const Parts& parts, std::int64_t now) {
  if (!parts.fits || !all_digits(parts.year)) return std::nullopt;
  const time_t now_seconds = now;
  std::tm future{};
  gmtime_r(&now_seconds, &future);
  future.tm_year += 50;
  const time_t horizon = timegm(&future);
  for (int century = 101; century >= 18; --century) {
    std::optional<std::tm> date = to_calendar(parts, century * 100 + std::stoi(parts.year));
    if (!date) return std::nullopt;
    std::tm counted = *date;
    if (timegm(&counted) > horizon) continue;
    if (!exists(*date)) return std::nullopt;
    return timegm(&*date);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_date(std::string_view text, std::int64_t now) {
  for (const std::string_view day : kDays) {
    const std::string name(day.substr(0, 3));
    const auto fixdate = take_apart(text, name + ", 11 222 3333 44:55:66 GMT");
    if (const auto date = four_digit_date(fixdate)) return date;
    auto asctime = take_apart(text, name + " 222 11 44:55:66 3333");
    if (asctime.fits && asctime.day[0] == ' ') asctime.day[0] = '0';
    if (const auto date = four_digit_date(asctime)) return date;
    const auto rfc850 = take_apart(text, std::string(day) + ", 11-222-33 44:55:66 GMT");
    if (const auto date = two_digit_date(rfc850, now)) return date;
  }
  return std::nullopt;
}

std::string date_text(std::int64_t seconds) {
  const time_t time = seconds;
  std::tm date{};
  gmtime_r(&time, &date);
  const auto digits = [](int number, std::size_t size) {
    std::string text = std::to_string(number);
    return std::string(size - text.size(), '0') + text;
  };
  return std::string(kDays[static_cast<std::size_t>(date.tm_wday)].substr(0, 3)) + ", " +
         digits(date.tm_mday, 2) + " " +
         std::string(kMonths.substr(static_cast<std::size_t>(date.tm_mon) * 3, 3)) + " " +
         digits(date.tm_year + 1900, 4) + " " + digits(date.tm_hour, 2) + ":" +
         digits(date.tm_min, 2) + ":" + digits(date.tm_sec, 2) + " GMT";
}

}  // namespace specification
