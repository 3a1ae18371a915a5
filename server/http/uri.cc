#include "server/http/uri.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/base/invariant.h"
#include "server/http/characters.h"

namespace server {
namespace {

// ---- Characters ----

// What RFC 3986 allows where, and what we accept there; '%' is only in kQuery, elsewhere it needs
// two hex digits behind it.
enum CharacterClass : std::uint8_t {
  kScheme = 1,
  kHost = 2,
  kPath = 4,
  kAcceptedPath = 8,
  kAcceptedQuery = 16,
  kSlash = 32,
  kDotOrSlash = 64
};

constexpr std::array<std::uint8_t, 256> build_character_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&classes](std::string_view characters, unsigned mask) {
    for (const char c : characters) {
      auto& entry = classes[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | mask);
    }
  };
  constexpr unsigned kAnyPath = kPath | kAcceptedPath;
  add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      kScheme | kHost | kAnyPath | kAcceptedQuery);
  add("+-.", kScheme);
  add("-._~", kHost | kAnyPath | kAcceptedQuery);         // unreserved
  add("!$&'()*+,;=", kHost | kAnyPath | kAcceptedQuery);  // sub-delims
  add(":@/", kAnyPath | kAcceptedQuery);
  add("?%", kAcceptedQuery);
  add("[]|", kAcceptedPath | kAcceptedQuery);  // the exceptions of the header
  add("\"\\^`{}", kAcceptedQuery);
  add("/", kSlash);
  add("./", kDotOrSlash);
  return classes;
}

constexpr std::array<std::uint8_t, 256> kCharacterClasses = build_character_classes();

bool is_a(char c, CharacterClass wanted) {
  return (kCharacterClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

// The byte that text[at], a '%', and the two characters behind it stand for; -1 when they do not.
int decode_percent(std::string_view text, std::size_t at) {
  if (text.size() - at < 3) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool all_are(std::string_view text, CharacterClass wanted) {
  for (;;) {
    const auto* other = std::ranges::find_if(text, [wanted](char c) { return !is_a(c, wanted); });
    if (other == text.end()) return true;
    text.remove_prefix(static_cast<std::size_t>(other - text.begin()));
    if (wanted == kScheme || text.front() != '%' || decode_percent(text, 0) < 0) return false;
    text.remove_prefix(3);
  }
}

// ---- Hosts ----

// RFC 3986 3.2.2: dec-octet, no leading zero.
bool valid_octet(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit)) return false;
  if (text.front() == '0') return text.size() == 1;
  return text.size() < 3 || text <= "255";
}

bool valid_ipv4(std::string_view text) {
  for (int dots = 0; dots < 3; ++dots) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || !valid_octet(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
  return valid_octet(text);
}

bool valid_group(std::string_view text) {
  return !text.empty() && text.size() <= 4 &&
         std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}

// RFC 3986 3.2.2, IPv6address: eight groups of 16 bits, the last two perhaps as an IPv4 address;
// one
// "::" stands for at least one group.
bool valid_ipv6(std::string_view text) {
  constexpr int kGroups = 8;
  int groups = 0;
  bool elided = text.starts_with("::");
  if (elided) text.remove_prefix(2);
  bool more = !elided || !text.empty();
  while (more) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    more = colon != std::string_view::npos;
    const bool ipv4 = !more && valid_ipv4(group);
    if (!ipv4 && !valid_group(group)) return false;
    groups += ipv4 ? 2 : 1;
    if (!more) break;
    text.remove_prefix(colon + 1);
    if (!text.starts_with(':')) continue;
    if (elided) return false;
    elided = true;
    text.remove_prefix(1);
    more = !text.empty();
  }
  return elided ? groups < kGroups : groups == kGroups;
}

// RFC 3986 3.2.2: of the reg-name at the front, which a colon ends, or the end.
std::size_t registered_name_size(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (is_a(*at, kHost)) {
      ++at;
    } else if (*at == ':') {
      break;
    } else if (*at == '%' &&
               decode_percent(text, static_cast<std::size_t>(at - text.data())) >= 0) {
      at += 3;
    } else {
      return 0;
    }
  }
  return static_cast<std::size_t>(at - text.data());
}

bool valid_port(std::string_view digits) {
  constexpr int kPortMax = 65'535;
  int value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return false;
    value = value * 10 + (c - '0');
    if (value > kPortMax) return false;
  }
  return true;
}

// ---- Paths ----

struct DecodedPath {
  std::size_t size = 0;
  bool has_encoded_slash = false;
  bool has_non_ascii = false;
};

bool is_control(int byte) { return byte < 0x20 || byte == 0x7f; }

std::optional<DecodedPath> decode_path(std::string_view raw, std::span<char> out) {
  DecodedPath decoded;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    int byte = static_cast<unsigned char>(raw[i]);
    if (byte == '%') {
      byte = decode_percent(raw, i);
      i += 2;
      if (byte == '/') {
        decoded.has_encoded_slash = true;
        std::ranges::copy(std::string_view("%2F"), out.subspan(decoded.size, 3).begin());
        decoded.size += 3;
        continue;
      }
    }
    if (is_control(byte)) return std::nullopt;  // -1, a '%' without digits, is below 0x20 too
    decoded.has_non_ascii = decoded.has_non_ascii || byte >= 0x80;
    out[decoded.size++] = static_cast<char>(byte);
  }
  return decoded;
}

// RFC 3629 4: the length of the well-formed sequence at the front of `text`, 0 when there is none.
// The second byte's range excludes overlong forms, surrogates and what lies above U+10FFFF.
std::size_t utf8_sequence_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return size;
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = utf8_sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// RFC 3986 5.2.4 in place; `path` begins with '/'. Reads segment after segment, each with the slash
// in front of it, and writes behind what it has kept: never past what it has read. Returns the new
// size, nullopt when a ".." finds nothing to remove.
std::optional<std::size_t> remove_dot_segments(std::span<char> path) {
  const std::string_view text(path.data(), path.size());
  std::size_t kept = 0;
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = std::min(text.find('/', begin + 1), text.size());
    const std::string_view segment = text.substr(begin + 1, end - begin - 1);
    if (segment == ".." && kept == 0) return std::nullopt;
    if (segment == "..") kept = text.rfind('/', kept - 1);
    if (segment == ".." || segment == ".") {
      if (end == text.size()) path[kept++] = '/';
      continue;
    }
    std::memmove(&path[kept], &path[begin], end - begin);
    kept += end - begin;
  }
  INVARIANT(kept > 0 && kept <= path.size());
  return kept;
}

std::size_t collapse_slashes(std::span<char> path) {
  const auto both_slashes = [](char a, char b) { return a == '/' && b == '/'; };
  const auto end = std::unique(path.begin(), path.end(), both_slashes);
  return static_cast<std::size_t>(end - path.begin());
}

// Allowed, with nothing to decode, remove or collapse.
bool is_normal(std::string_view path) {
  static_assert(kSlash << 1 == kDotOrSlash);
  unsigned allowed = kAcceptedPath;
  unsigned pairs = 0;  // "/." and "//"
  unsigned before = 0;
  for (const char c : path) {
    const unsigned classes = kCharacterClasses[static_cast<unsigned char>(c)];
    allowed &= classes;
    pairs |= before << 1U & classes;
    before = classes & kSlash;
  }
  return allowed != 0 && pairs == 0;
}

// Splits "/path?query" into `target`; false when a character is not allowed.
bool take_path_and_query(std::string_view text, RequestTarget& target) {
  const std::size_t mark = text.find('?');
  target.raw_path = text.substr(0, mark);
  target.has_query = mark != std::string_view::npos;
  if (target.has_query) target.query = text.substr(mark + 1);
  target.path_is_normal = is_normal(target.raw_path);
  return (target.path_is_normal || all_are(target.raw_path, kAcceptedPath)) &&
         all_are(target.query, kAcceptedQuery);
}

std::optional<RequestTarget> parse_absolute(std::string_view text, std::size_t colon) {
  RequestTarget target{.form = RequestTarget::Form::kAbsolute, .scheme = text.substr(0, colon)};
  if (target.scheme.empty() || !is_letter(target.scheme.front())) return std::nullopt;
  if (!all_are(target.scheme, kScheme)) return std::nullopt;
  text.remove_prefix(colon + 3);  // "://"
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  target.authority = text.substr(0, end);
  if (!valid_host(target.authority)) return std::nullopt;
  if (!take_path_and_query(text.substr(end), target)) return std::nullopt;
  if (target.raw_path.empty()) target.raw_path = "/";  // normal too
  return target;
}

}  // namespace

std::optional<RequestTarget> parse_request_target(std::string_view target) {
  if (target == "*") return RequestTarget{.form = RequestTarget::Form::kAsterisk};
  if (target.starts_with('/')) {
    RequestTarget result;
    if (!take_path_and_query(target, result)) return std::nullopt;
    return result;
  }
  // A "://" further back, in a query or path, follows a colon that no authority contains.
  const std::size_t colon = target.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  if (target.substr(colon).starts_with("://")) return parse_absolute(target, colon);
  const std::optional<HostPort> host = parse_host(target);
  if (!host || host->port.empty()) return std::nullopt;
  return RequestTarget{.form = RequestTarget::Form::kAuthority, .authority = target};
}

std::optional<HostPort> parse_host(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    if (!valid_ipv6(text.substr(1, bracket - 1))) return std::nullopt;
    end = bracket + 1;
  } else {
    end = registered_name_size(text);
    if (end == 0) return std::nullopt;
  }
  if (end == text.size()) return HostPort{text, {}};
  const std::string_view port = text.substr(end + 1);
  if (text[end] != ':' || !valid_port(port)) return std::nullopt;
  return HostPort{text.substr(0, end), port};
}

bool valid_host(std::string_view text) { return parse_host(text).has_value(); }

std::optional<NormalizedPath> normalize_path(std::string_view raw_path, std::span<char> buffer) {
  INVARIANT(buffer.size() >= raw_path.size());
  if (!raw_path.starts_with('/')) return std::nullopt;
  const std::optional<DecodedPath> decoded = decode_path(raw_path, buffer);
  if (!decoded) return std::nullopt;
  std::string_view path(buffer.data(), decoded->size);
  if (decoded->has_non_ascii && !valid_utf8(path)) return std::nullopt;
  if (path.find("/.") != std::string_view::npos) {
    const std::optional<std::size_t> kept = remove_dot_segments(buffer.first(path.size()));
    if (!kept) return std::nullopt;
    path = path.substr(0, *kept);
  }
  if (path.find("//") != std::string_view::npos) {
    path = path.substr(0, collapse_slashes(buffer.first(path.size())));
  }
  return NormalizedPath{path, decoded->has_encoded_slash};
}

void append_percent_encoded_path(std::string& out, std::string_view path) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  for (const char c : path) {
    if (is_a(c, kPath)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    const std::array<char, 3> encoded = {'%', kHexDigits[byte >> 4], kHexDigits[byte & 0xF]};
    out.append(encoded.data(), encoded.size());
  }
}

}  // namespace server
