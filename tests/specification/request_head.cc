#include "tests/specification/request_head.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tests/specification/uri.h"

namespace specification {
namespace {

// RFC 9112 2.3: "HTTP/" DIGIT "." DIGIT, case-sensitive.
void read_version(std::string_view text, Head& head, Violations& violations) {
  const bool well_formed = text.size() == 8 && text.starts_with("HTTP/") &&
                           all_digits(text.substr(5, 1)) && text[6] == '.' &&
                           all_digits(text.substr(7, 1));
  if (!well_formed) {
    violations.push_back({400, "RFC 9112 2.3: HTTP-version"});
    return;
  }
  if (text[5] != '1') violations.push_back({505, "RFC 9110 15.6.6: a major version not ours"});
  // RFC 9110 2.5: a higher minor version is processed as the highest that we know.
  head.minor_version = text[7] == '0' ? 0 : 1;
}

// RFC 9112 3.2: each form with its methods; RFC 9112 3.3: what becomes of them.
void judge_target(Head& head, Violations& violations) {
  const std::optional<Target> target = read_target(head.target);
  if (!target) {
    violations.push_back({400, "RFC 9112 3.2: request-target"});
    return;
  }
  if (target->form == Form::kAsterisk) {
    head.path = "*";
    if (head.method != "OPTIONS") violations.push_back({400, "RFC 9112 3.2.4: * is for OPTIONS"});
    return;
  }
  if (target->form == Form::kAuthority) {
    if (head.method != "CONNECT") {
      violations.push_back({400, "RFC 9112 3.2.3: an authority is for CONNECT"});
    }
    return;
  }
  if (target->form == Form::kAbsolute) {
    head.host = read_authority(target->authority)->host;
    if (lower(target->scheme) != "http") {
      violations.push_back({421, "RFC 9110 7.4: a scheme that is not served here"});
    }
  }
  const std::optional<Path> path = read_path(target->path);
  if (!path) {
    violations.push_back({400, "RFC 3986 5.2.4, 6.2.2: a path that cannot be normalised"});
    return;
  }
  head.path = path->text;
}

// RFC 9112 3.2: one Host, and a good one; RFC 9112 3.2.2: an absolute-form wins over it.
void judge_host(Head& head, Violations& violations) {
  const std::vector<std::string> hosts = head.fields.all("host");
  if (hosts.size() > 1) violations.push_back({400, "RFC 9112 3.2: several Host fields"});
  if (hosts.empty() && head.minor_version >= 1) {
    violations.push_back({400, "RFC 9112 3.2: no Host field"});
  }
  for (const std::string& host : hosts) {
    const std::optional<Authority> authority = read_authority(host);
    if (!authority) violations.push_back({400, "RFC 9112 3.2: an invalid Host field"});
    if (authority && head.host.empty()) head.host = authority->host;
  }
}

// RFC 9110 10.1.1: #expectation, of which one is defined. HTTP/1.0 does not know the field.
void judge_expectations(const Head& head, Violations& violations) {
  if (head.minor_version == 0) return;
  for (const std::string& value : head.fields.all("expect")) {
    for (const std::string& expectation : list_elements(value)) {
      if (expectation != "100-continue") {
        violations.push_back({417, "RFC 9110 10.1.1: an unknown expectation"});
      }
    }
  }
}

}  // namespace

Section read_section(std::string_view bytes, std::size_t bytes_max) {
  Section section;
  const std::string_view within = bytes.substr(0, bytes_max);
  for (;;) {
    const std::size_t line_feed = within.find('\n', section.size);
    if (line_feed == std::string_view::npos) break;
    std::string_view line = within.substr(section.size, line_feed - section.size);
    section.size = line_feed + 1;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    } else {
      section.violations.push_back({400, "RFC 9112 2.2: a bare LF"});
    }
    if (line.find('\r') != std::string_view::npos) {
      section.violations.push_back({400, "RFC 9112 2.2: a bare CR"});
    }
    if (line.find('\0') != std::string_view::npos) {
      section.violations.push_back({400, "RFC 9110 5.5: NUL"});
    }
    section.complete = line.empty();
    if (section.complete) return section;
    section.lines.push_back(line);
  }
  section.too_long = bytes.size() >= bytes_max;
  return section;
}

std::vector<std::string> Fields::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& field : list) {
    if (field.first == name) values.push_back(field.second);
  }
  return values;
}

// RFC 9112 5: token ":" OWS field-value OWS. A line that begins with white space (5.2) has no token
// in front of its colon; neither has white space in front of a colon (5.1).
Fields read_fields(const std::vector<std::string_view>& lines, std::size_t count_max,
                   Violations& violations) {
  Fields fields;
  for (const std::string_view line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
      violations.push_back({400, "RFC 9112 5: a line that is no field"});
      continue;
    }
    const std::string_view value = without_ows(line.substr(colon + 1));
    if (!std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return c == '\t' || (c >= ' ' && c != 0x7F); })) {
      violations.push_back({400, "RFC 9110 5.5: a control character in a field value"});
    }
    fields.list.emplace_back(lower(line.substr(0, colon)), value);
  }
  if (lines.size() > count_max) violations.push_back({431, "RFC 6585 5: too many fields"});
  return fields;
}

Head read_request_line(std::string_view line, std::size_t target_bytes_max,
                       Violations& violations) {
  Head head;
  const std::vector<std::string_view> parts = split(line, ' ');
  if (parts.size() != 3) {
    violations.push_back({400, "RFC 9112 3: two single spaces in a request line"});
    return head;
  }
  head.method = parts[0];
  head.target = parts[1];
  if (!is_token(head.method)) violations.push_back({400, "RFC 9110 9.1: a method is a token"});
  constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",    "POST",  "PUT",
                                                        "DELETE", "OPTIONS", "TRACE", "PATCH"};
  if (std::find(kMethods.begin(), kMethods.end(), head.method) == kMethods.end()) {
    violations.push_back({501, "RFC 9110 9.1: a method we do not know"});
  }
  if (head.target.size() > target_bytes_max) {
    violations.push_back({414, "RFC 9110 15.5.15: a target over the limit"});
  }
  read_version(parts[2], head, violations);
  return head;
}

Head read_head(const std::vector<std::string_view>& lines, std::size_t fields_max,
               std::size_t target_bytes_max, Violations& violations) {
  Head head = read_request_line(lines.front(), target_bytes_max, violations);
  head.fields = read_fields({lines.begin() + 1, lines.end()}, fields_max, violations);
  judge_target(head, violations);
  judge_host(head, violations);
  judge_expectations(head, violations);
  return head;
}

bool persists(const Head& head) {
  std::vector<std::string> options;
  for (const std::string& value : head.fields.all("connection")) {
    for (const std::string& option : list_elements(value)) options.push_back(option);
  }
  const auto has = [&options](std::string_view option) {
    return std::find(options.begin(), options.end(), option) != options.end();
  };
  if (has("close")) return false;
  return head.minor_version >= 1 || has("keep-alive");
}

}  // namespace specification
