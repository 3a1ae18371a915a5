// The words of HTTP's grammar (RFC 9110 5.6), read plainly. Part of the specification: slow,
// simple, sharing nothing with server/, so that the two can only agree by both being right. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace specification {

// Why a message is refused: the statuses a server may refuse it with, of which it picks one, and
// the rule that was broken, for whoever reads a failed test.
struct Violation {
  int status = 400;
  std::string rule;
};
using Violations = std::vector<Violation>;

[[nodiscard]] bool is_token_character(char c);
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_hex_digit(char c);
[[nodiscard]] bool all_digits(std::string_view text);  // and not empty

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view without_ows(std::string_view text);
// The parts between separators; one more than there are separators.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
// RFC 9110 5.6.1.2: the elements of a comma-separated list, in lower case, the empty ones left out.
[[nodiscard]] std::vector<std::string> list_elements(std::string_view text);

// RFC 9110 5.6.4: the size of the quoted-string at the front of `text`, 0 when there is none.
[[nodiscard]] std::size_t quoted_string_size(std::string_view text);

}  // namespace specification
