#include "tests/server/http/strict_reader.h"

#include <cctype>
#include <optional>
#include <regex>
#include <utility>
#include <vector>

namespace http_test {
namespace {

// What is not there, or not good, is nullopt: both end the reading.
template <typename T>
using Maybe = std::optional<T>;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// RFC 9112 2.1: up to CRLF; neither CR nor LF nor NUL inside.
Maybe<std::string> take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(rest.substr(0, end));
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return std::nullopt;
  rest.remove_prefix(end + 2);
  return line;
}

struct Head {
  std::string method;
  std::string target;
  char minor = '1';
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case

  [[nodiscard]] std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& field : fields) {
      if (field.first == name) values.push_back(field.second);
    }
    return values;
  }
};

// RFC 9112 5: token ":" OWS value OWS, no white space in front, no control characters.
bool read_field(const std::string& line, Head& head) {
  static const std::regex kField(
      "([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([^\\x00-\\x08\\x0a-\\x1f\\x7f]*)");
  std::smatch match;
  if (!std::regex_match(line, match, kField)) return false;
  std::string value = match[2];
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.pop_back();
  head.fields.emplace_back(lower(match[1].str()), value);
  return true;
}

Maybe<Head> take_head(std::string_view& rest, const server::HttpLimits& limits) {
  while (rest.starts_with("\r\n")) rest.remove_prefix(2);
  const std::size_t before = rest.size();
  static const std::regex kRequestLine(
      "(GET|HEAD|POST|PUT|DELETE|OPTIONS|TRACE|PATCH) (/[!$%&'()*+,./0-9:;=?@A-Z_a-z~|\\[\\]-]*) "
      "HTTP/1\\.([0-9])");
  const Maybe<std::string> line = take_line(rest);
  std::smatch match;
  if (!line || !std::regex_match(*line, match, kRequestLine)) return std::nullopt;
  Head head{match[1], match[2], match[3].str()[0], {}};
  for (;;) {
    const Maybe<std::string> field = take_line(rest);
    if (!field) return std::nullopt;
    if (field->empty()) break;
    if (!read_field(*field, head)) return std::nullopt;
  }
  if (head.fields.size() > limits.header_fields_max) return std::nullopt;
  if (before - rest.size() > limits.header_bytes_max) return std::nullopt;
  return head;
}

bool good_host(const Head& head) {
  const std::vector<std::string> hosts = head.all("host");
  if (hosts.empty()) return head.minor == '0';
  static const std::regex kHost("([!$&'()*+,;=0-9A-Z_a-z.~-]|%[0-9A-Fa-f]{2})+(:[0-9]*)?");
  return hosts.size() == 1 && std::regex_match(hosts[0], kHost);
}

bool take_bytes(std::string_view& rest, std::size_t size) {
  if (rest.size() < size) return false;
  rest.remove_prefix(size);
  return true;
}

bool take_trailers(std::string_view& rest) {
  Head trailers;
  for (;;) {
    const Maybe<std::string> line = take_line(rest);
    if (!line) return false;
    if (line->empty()) break;
    if (!read_field(*line, trailers)) return false;
  }
  return trailers.all("content-length").empty() && trailers.all("transfer-encoding").empty() &&
         trailers.all("host").empty();
}

// RFC 9112 7.1
bool take_chunks(std::string_view& rest, std::size_t content_max) {
  static const std::regex kSize(
      "0*([0-9A-Fa-f]{1,8})([ \\t]*;[ \\t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \\t]*=[ \\t]*"
      "([!#$%&'*+.^_`|~0-9A-Za-z-]+|\"([\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t "
      "-~\\x80-\\xff])*\"))?)*");
  for (std::size_t content = 0;;) {
    const Maybe<std::string> line = take_line(rest);
    std::smatch match;
    if (!line || !std::regex_match(*line, match, kSize)) return false;
    const std::size_t size = std::stoul(match[1], nullptr, 16);
    if (size == 0) return take_trailers(rest);
    content += size;
    if (content > content_max || !take_bytes(rest, size) || !rest.starts_with("\r\n")) return false;
    rest.remove_prefix(2);
  }
}

bool take_body(std::string_view& rest, const Head& head, const server::HttpLimits& limits) {
  const std::vector<std::string> codings = head.all("transfer-encoding");
  const std::vector<std::string> lengths = head.all("content-length");
  if (codings.size() + lengths.size() > 1) return false;
  if (!codings.empty()) {
    return head.minor == '1' && lower(codings[0]) == "chunked" &&
           take_chunks(rest, limits.body_bytes_max);
  }
  if (lengths.empty()) {
    const bool expected = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
    return head.minor != '0' || !expected;
  }
  static const std::regex kLength("0*([0-9]{1,9})");
  std::smatch match;
  if (!std::regex_match(lengths[0], match, kLength)) return false;
  const std::size_t size = std::stoul(match[1]);
  return size <= limits.body_bytes_max && take_bytes(rest, size);
}

// RFC 9112 9.3
bool stays_open(const Head& head) {
  bool keep_alive = head.minor == '1';
  for (const std::string& value : head.all("connection")) {
    static const std::regex kClose("(^|.*,)[ \\t]*close[ \\t]*($|,.*)", std::regex::icase);
    static const std::regex kKeep("(^|.*,)[ \\t]*keep-alive[ \\t]*($|,.*)", std::regex::icase);
    if (std::regex_match(value, kClose)) return false;
    keep_alive = keep_alive || std::regex_match(value, kKeep);
  }
  return keep_alive;
}

}  // namespace

std::string strict_targets(std::string_view stream, const server::HttpLimits& limits) {
  std::string targets;
  while (!stream.empty()) {
    const Maybe<Head> head = take_head(stream, limits);
    if (!head || !good_host(*head)) break;
    if (!take_body(stream, *head, limits)) break;
    if (!targets.empty()) targets += ' ';
    targets += head->target;
    if (!stays_open(*head)) break;
  }
  return targets;
}

}  // namespace http_test
