#include "prove/start_lines.h"

#include <charconv>

namespace prove {
namespace {

// What a row of the table has behind its name; empty: there is no whole row like that.
std::string_view value_of(std::string_view said, std::string_view row) {
  const auto at = said.find(row);
  if (at == std::string_view::npos) return {};
  const auto value = said.substr(at + row.size());
  const auto end = value.find('\n');
  return end == std::string_view::npos ? std::string_view() : value.substr(0, end);
}

std::uint16_t port_in(std::string_view authority) {
  const std::string_view digits = authority.substr(authority.rfind(':') + 1);
  std::uint16_t port = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

std::optional<StartLines> read_start_lines(std::string_view said) {
  StartLines lines;
  lines.engine = value_of(said, "\n  engine    ");
  const std::string_view loops = value_of(said, "\n  loops     ");
  lines.loops = loops.substr(0, loops.find(' '));
  lines.plain = port_in(value_of(said, "\n  listen    http://"));
  lines.tls = port_in(value_of(said, "\n  listen    https://"));
  lines.admin = port_in(value_of(said, "\n  admin     http://"));
  if (lines.plain == 0 || lines.admin == 0) return std::nullopt;
  return lines;
}

}  // namespace prove
