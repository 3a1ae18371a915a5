// The head of a request (RFC 9112 2 to 5), read plainly: its lines, its fields, and every rule that
// it breaks. Part of the specification: it shares nothing with server/. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/specification/grammar.h"

namespace specification {

// Lines up to an empty one: a head, or a trailer section.
struct Section {
  std::vector<std::string_view> lines;  // without their ends, and without the empty one
  std::size_t size = 0;                 // with the empty line; when complete
  bool complete = false;
  bool too_long = false;  // no end within the limit
  Violations violations;
};
[[nodiscard]] Section read_section(std::string_view bytes, std::size_t bytes_max);

struct Fields {
  std::vector<std::pair<std::string, std::string>> list;  // names in lower case

  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return !all(name).empty(); }
};
// RFC 9112 5. Lines that are no fields are violations and left out.
[[nodiscard]] Fields read_fields(const std::vector<std::string_view>& lines, std::size_t count_max,
                                 Violations& violations);

struct Head {
  std::string method;
  std::string target;
  int minor_version = 1;
  Fields fields;
  std::string host;  // RFC 9112 3.3: of the target URI, without port
  std::string path;  // read_path(), or "*"
};
// RFC 9112 3: method SP request-target SP HTTP-version; fills these three.
[[nodiscard]] Head read_request_line(std::string_view line, std::size_t target_bytes_max,
                                     Violations& violations);
// `lines` are not empty.
[[nodiscard]] Head read_head(const std::vector<std::string_view>& lines, std::size_t fields_max,
                             std::size_t target_bytes_max, Violations& violations);

// RFC 9112 9.3
[[nodiscard]] bool persists(const Head& head);

}  // namespace specification
