// HTTP dates as seconds since the epoch, UTC. Pure functions, any thread, no allocation, no locale.
// A date that cannot be read is nullopt: RFC 9110 13.1 wants it ignored, not answered with an
// error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace server {

inline constexpr std::size_t kDateSize = 29;  // "Sun, 06 Nov 1994 08:49:37 GMT"

inline constexpr std::int64_t kDateSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

// RFC 9110 5.6.7: writes IMF-fixdate and returns it as a view into `out`. The format has four
// digits for the year; seconds outside 1970..9999 are clamped to the nearest that fits.
std::string_view render_date(std::int64_t seconds, std::span<char, kDateSize> out);

// RFC 9110 5.6.7: reads IMF-fixdate, the RFC 850 form and asctime's, nothing else, case-sensitive
// and with exactly the spaces of the grammar. `now` places the two-digit years of RFC 850: the
// latest year that is not more than 50 years ahead. The day must exist in its month; second 60 is
// accepted in any minute and means the next minute's first second, as in POSIX. A day name must be
// one of the seven, but need not be the right one: the rest of the date says it all, and some
// clients compute it wrongly. The four-digit forms may lie before the epoch; the result is then
// negative.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now);

}  // namespace server
