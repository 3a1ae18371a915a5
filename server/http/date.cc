#include "server/http/date.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace server {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kSecondsPerDay = 86'400;

constexpr std::array<std::string_view, 7> kDayNames = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDayNames = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonthNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// What the text says, before anybody asked whether such a day exists.
struct Fields {
  int year = 0;
  int month = 0;  // 1..12
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Takes pieces off the front of a text. Each take_x returns false, and says nothing about what is
// left, when the text does not go on with that piece.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  // Exactly `digits` of them.
  bool take_number(std::size_t digits, int& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }

  bool take_day_name(std::span<const std::string_view, 7> names) {
    return std::ranges::any_of(names, [this](std::string_view name) { return take(name); });
  }

  bool take_month(int& month) {
    for (month = 1; month <= 12; ++month) {
      if (take(kMonthNames[static_cast<std::size_t>(month - 1)])) return true;
    }
    return false;
  }

  bool take_time(Fields& fields) {
    return take_number(2, fields.hour) && take(":") && take_number(2, fields.minute) && take(":") &&
           take_number(2, fields.second);
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

year_month_day calendar_day(const Fields& fields) {
  return {std::chrono::year(fields.year), std::chrono::month(static_cast<unsigned>(fields.month)),
          std::chrono::day(static_cast<unsigned>(fields.day))};
}

// A day that does not exist counts on into the next month.
std::int64_t to_seconds(const Fields& fields) {
  const std::int64_t days = sys_days(calendar_day(fields)).time_since_epoch().count();
  const std::int64_t minutes = std::int64_t{fields.hour} * 60 + fields.minute;
  return days * kSecondsPerDay + minutes * 60 + fields.second;
}

bool exists(const Fields& fields) {
  return calendar_day(fields).ok() && fields.hour < 24 && fields.minute < 60 && fields.second <= 60;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool parse_imf_fixdate(Cursor text, Fields& fields) {
  return text.take_day_name(kDayNames) && text.take(", ") && text.take_number(2, fields.day) &&
         text.take(" ") && text.take_month(fields.month) && text.take(" ") &&
         text.take_number(4, fields.year) && text.take(" ") && text.take_time(fields) &&
         text.take(" GMT") && text.at_end();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool parse_rfc850(Cursor text, Fields& fields) {
  return text.take_day_name(kLongDayNames) && text.take(", ") && text.take_number(2, fields.day) &&
         text.take("-") && text.take_month(fields.month) && text.take("-") &&
         text.take_number(2, fields.year) && text.take(" ") && text.take_time(fields) &&
         text.take(" GMT") && text.at_end();
}

// "Sun Nov  6 08:49:37 1994": a day below ten has a space in front, or a zero.
bool parse_asctime(Cursor text, Fields& fields) {
  return text.take_day_name(kDayNames) && text.take(" ") && text.take_month(fields.month) &&
         text.take(" ") && text.take_number(text.take(" ") ? 1 : 2, fields.day) && text.take(" ") &&
         text.take_time(fields) && text.take(" ") && text.take_number(4, fields.year) &&
         text.at_end();
}

// RFC 9110 5.6.7: a two-digit year that appears to be more than 50 years in the future is the most
// recent one in the past. So it is the latest year with these digits up to the horizon.
int place_in_century(Fields fields, std::int64_t now) {
  const std::int64_t known_now = std::clamp<std::int64_t>(now, 0, kDateSecondsMax);
  const sys_days today{std::chrono::days(known_now / kSecondsPerDay)};
  const year_month_day horizon_day = year_month_day(today) + std::chrono::years(50);
  const std::int64_t horizon = sys_days(horizon_day).time_since_epoch().count() * kSecondsPerDay +
                               known_now % kSecondsPerDay;
  const int horizon_year = static_cast<int>(horizon_day.year());
  fields.year = horizon_year - (horizon_year - fields.year) % 100;
  return to_seconds(fields) > horizon ? fields.year - 100 : fields.year;
}

void write_number(int value, std::span<char> out) {
  for (std::size_t i = out.size(); i > 0; --i, value /= 10) {
    out[i - 1] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string_view render_date(std::int64_t seconds, std::span<char, kDateSize> out) {
  const std::int64_t clamped = std::clamp<std::int64_t>(seconds, 0, kDateSecondsMax);
  const sys_days day{std::chrono::days(clamped / kSecondsPerDay)};
  const int second_of_day = static_cast<int>(clamped % kSecondsPerDay);
  const year_month_day date(day);

  std::ranges::copy(std::string_view("Sun, 00 Jan 0000 00:00:00 GMT"), out.begin());
  std::ranges::copy(kDayNames[std::chrono::weekday(day).c_encoding()], out.begin());
  write_number(static_cast<int>(static_cast<unsigned>(date.day())), out.subspan(5, 2));
  std::ranges::copy(kMonthNames[static_cast<unsigned>(date.month()) - 1], out.begin() + 8);
  write_number(static_cast<int>(date.year()), out.subspan(12, 4));
  write_number(second_of_day / 3600, out.subspan(17, 2));
  write_number(second_of_day / 60 % 60, out.subspan(20, 2));
  write_number(second_of_day % 60, out.subspan(23, 2));
  return {out.data(), out.size()};
}

std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now) {
  const Cursor cursor(text);
  Fields fields;
  if (!parse_imf_fixdate(cursor, fields) && !parse_asctime(cursor, fields)) {
    if (!parse_rfc850(cursor, fields)) return std::nullopt;
    fields.year = place_in_century(fields, now);
  }
  if (!exists(fields)) return std::nullopt;
  return to_seconds(fields);
}

}  // namespace server
