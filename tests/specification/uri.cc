#include "tests/specification/uri.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "tests/specification/grammar.h"

namespace specification {
namespace {

// RFC 3986 2.2, 2.3
constexpr std::string_view kUnreserved =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
constexpr std::string_view kSubDelims = "!$&'()*+,;=";

bool in(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

bool starts_with_escape(std::string_view text) {
  return text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
}

// RFC 3986 3.2.2: reg-name, which dotted addresses are too. RFC 9110 4.2.1: not empty.
bool is_registered_name(std::string_view text) {
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in(text[i], kUnreserved) || in(text[i], kSubDelims)) continue;
    if (!starts_with_escape(text.substr(i))) return false;
    i += 2;
  }
  return true;
}

// RFC 3986 3.2.2: the C library reads exactly this grammar, given no other characters.
bool is_ipv6_address(std::string_view text) {
  in6_addr address{};
  return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
         inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

// RFC 3986 3.2.3: *DIGIT. TCP has 65536 ports.
bool is_port(std::string_view text) {
  if (text.empty()) return true;
  if (!all_digits(text)) return false;
  const std::size_t first = std::min(text.find_first_not_of('0'), text.size());
  const std::string_view digits = text.substr(first);
  return digits.size() < 5 || (digits.size() == 5 && digits <= "65535");
}

// RFC 3986 3.3: pchar and "/", and [ ] | for browsers.
bool is_path(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in(text[i], kUnreserved) || in(text[i], kSubDelims) || in(text[i], ":@/[]|")) continue;
    if (!starts_with_escape(text.substr(i))) return false;
    i += 2;
  }
  return true;
}

// RFC 3986 3.4: pchar, "/" and "?", and " [ ] \ ^ ` { | } and single % for browsers.
bool is_query(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return in(c, kUnreserved) || in(c, kSubDelims) || in(c, ":@/?%\"[]\\^`{|}");
  });
}

// RFC 3986 3.1
bool is_scheme(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
         });
}

// The path-and-query behind an authority, or a whole origin-form.
bool take_path_and_query(std::string_view text, Target& target) {
  const std::size_t mark = text.find('?');
  target.path = text.substr(0, mark);
  if (mark != std::string_view::npos) target.query = text.substr(mark + 1);
  return is_path(target.path) && is_query(target.query.value_or(""));
}

// RFC 9112 3.2.2: absolute-URI of the http family: scheme "://" authority path-abempty [ "?" query
// ]
std::optional<Target> read_absolute(std::string_view text, std::size_t scheme_size) {
  Target target;
  target.form = Form::kAbsolute;
  target.scheme = text.substr(0, scheme_size);
  text.remove_prefix(scheme_size + 3);
  const std::size_t authority_size = std::min(text.find_first_of("/?"), text.size());
  target.authority = text.substr(0, authority_size);
  if (!is_scheme(target.scheme) || !read_authority(target.authority)) return std::nullopt;
  if (!take_path_and_query(text.substr(authority_size), target)) return std::nullopt;
  if (target.path.empty()) target.path = "/";  // RFC 9110 4.2.3
  return target;
}

// Decodes what `text`, in which is_path() need not hold, has percent-encoded; "%2F" stays.
std::optional<Path> decode(std::string_view text) {
  Path path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '%') {
      if (!starts_with_escape(text.substr(i))) return std::nullopt;
      byte = static_cast<unsigned>(std::stoul(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
      if (byte == '/') {
        path.has_encoded_slash = true;
        path.text += "%2F";
        continue;
      }
    }
    if (byte < 0x20 || byte == 0x7F) return std::nullopt;
    path.text += static_cast<char>(byte);
  }
  return path;
}

}  // namespace

std::optional<Authority> read_authority(std::string_view text) {
  std::size_t host_size = std::min(text.find(':'), text.size());
  if (text.starts_with('[')) host_size = std::min(text.find(']'), text.size() - 1) + 1;
  const std::string_view host = text.substr(0, host_size);
  const std::string_view behind = text.substr(host_size);
  const bool literal = host.size() > 1 && host.front() == '[' && host.back() == ']';
  const bool good_host =
      literal ? is_ipv6_address(host.substr(1, host.size() - 2)) : is_registered_name(host);
  if (!good_host) return std::nullopt;
  if (behind.empty()) return Authority{std::string(host), ""};
  if (behind[0] != ':' || !is_port(behind.substr(1))) return std::nullopt;
  return Authority{std::string(host), std::string(behind.substr(1))};
}

std::optional<Target> read_target(std::string_view text) {
  Target target;
  if (text == "*") {
    target.form = Form::kAsterisk;
    return target;
  }
  if (text.starts_with('/')) {
    if (!take_path_and_query(text, target)) return std::nullopt;
    return target;
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && text.substr(colon, 3) == "://") {
    return read_absolute(text, colon);
  }
  // RFC 9112 3.2.3; RFC 9110 9.3.6: with a port.
  const std::optional<Authority> authority = read_authority(text);
  if (!authority || authority->port.empty()) return std::nullopt;
  target.form = Form::kAuthority;
  target.authority = text;
  return target;
}

std::optional<Path> read_path(std::string_view text) {
  if (!text.starts_with('/')) return std::nullopt;
  std::optional<Path> path = decode(text);
  if (!path || !is_utf8(path->text)) return std::nullopt;
  // RFC 3986 5.2.4, on a list of segments. The one behind the last slash may be empty.
  std::vector<std::string> kept;
  const std::vector<std::string_view> segments = split(std::string_view(path->text).substr(1), '/');
  for (const std::string_view segment : segments) {
    if (segment == "..") {
      if (kept.empty()) return std::nullopt;
      kept.pop_back();
    } else if (segment != ".") {
      kept.emplace_back(segment);
    }
  }
  if (segments.back() == "." || segments.back() == "..") kept.emplace_back();
  std::string normal;
  for (const std::string& segment : kept) normal += "/" + segment;
  for (std::size_t at = normal.find("//"); at != std::string::npos; at = normal.find("//")) {
    normal.erase(at, 1);
  }
  path->text = normal;
  return path;
}

std::string encoded_path(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (in(c, kUnreserved) || in(c, kSubDelims) || in(c, ":@/")) {
      text += c;
      continue;
    }
    char escape[4];
    std::snprintf(escape, sizeof escape, "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += escape;
  }
  return text;
}

// Each character is decoded, and must be the shortest form of what it says.
bool is_utf8(std::string_view text) {
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t size = lead < 0x80   ? 1
                             : lead < 0xC0 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF8 ? 4
                                           : 0;
    if (size == 0 || size > text.size() - i) return false;
    std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if (byte < 0x80 || byte > 0xBF) return false;
      code = code * 64 + (byte & 0x3FU);
    }
    if (code < kSmallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      return false;
    }
    i += size;
  }
  return true;
}

}  // namespace specification
