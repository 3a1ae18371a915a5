// Request targets and paths after RFC 9112 3.2 and RFC 3986, read plainly, with the same decisions
// as server/http/uri.h where the RFCs leave one: what browsers send unescaped is accepted, a path
// out of the root is not. Part of the specification: it shares nothing with server/. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace specification {

// RFC 9110 7.2: uri-host [ ":" port ]
struct Authority {
  std::string host;
  std::string port;
};
[[nodiscard]] std::optional<Authority> read_authority(std::string_view text);

// RFC 9112 3.2
enum class Form { kOrigin, kAbsolute, kAuthority, kAsterisk };

struct Target {
  Form form = Form::kOrigin;
  std::string scheme;
  std::string authority;
  std::string path;  // as sent
  std::optional<std::string> query;
};
[[nodiscard]] std::optional<Target> read_target(std::string_view text);

struct Path {
  std::string text;
  bool has_encoded_slash = false;
};
// Percent-decoded once but for %2F, without dot segments (RFC 3986 5.2.4) and doubled slashes.
[[nodiscard]] std::optional<Path> read_path(std::string_view text);

// Every byte that RFC 3986 3.3 has no place for in a path as %XX.
[[nodiscard]] std::string encoded_path(std::string_view path);

// RFC 3629 3
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace specification
