// HTTP dates (RFC 9110 5.6.7), read by comparing with the shape of each format, and counted by the
// C library's calendar. Part of the specification: it shares nothing with server/. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace specification {

// Seconds since the epoch. `now` is what a two-digit year is measured by.
[[nodiscard]] std::optional<std::int64_t> read_date(std::string_view text, std::int64_t now);

// IMF-fixdate. 0 <= seconds < the year 10000.
[[nodiscard]] std::string date_text(std::int64_t seconds);

}  // namespace specification
