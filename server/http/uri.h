// The target of a request: its parts, its host, and the path a handler may use. Pure functions, any
// thread, no allocation but where a std::string is asked for. Views point into what was given in,
// so that must outlive them. What a client wrote wrongly is nullopt; the caller answers 400.
//
// Characters follow RFC 3986, with one exception: what browsers send unescaped is accepted where
// they send it (the URL Standard's percent-encode sets leave it alone). That is [ ] | in a path, or
// a file named "photo [1].jpg" could not be opened from a link; and " [ ] \ ^ ` { | } in a query,
// which is only passed on. Anything else is refused, as RFC 9112 3.2 recommends: space, controls,
// '#', '<',
// '>' and bytes above 0x7F everywhere, '\' in a path, where two programs could disagree about it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace server {

// RFC 9112 3.2
struct RequestTarget {
  enum class Form {
    kOrigin,     // "/where?q=now"
    kAbsolute,   // "http://www.example.org/pub"; any scheme, the caller knows which it serves
    kAuthority,  // "www.example.com:80", for CONNECT only
    kAsterisk    // "*", for OPTIONS only
  };

  Form form = Form::kOrigin;
  std::string_view scheme{};     // kAbsolute, as written
  std::string_view authority{};  // kAbsolute and kAuthority; satisfies valid_host()
  std::string_view raw_path{};   // kOrigin and kAbsolute: begins with '/', still encoded
  std::string_view query{};      // without its '?'
  bool has_query = false;
  bool path_is_normal = false;  // normalize_path() would change nothing: most paths
};

// RFC 9112 3.2. A '%' in the path begins a percent-encoding; in the query it may stand alone. An
// absolute form without a path gets the path "/" (RFC 9110 4.2.3). User information is refused
// (4.2.4), and so is an authority form without a port number (9.3.6). Whether the form suits the
// method is the caller's question.
[[nodiscard]] std::optional<RequestTarget> parse_request_target(std::string_view target);

struct HostPort {
  std::string_view host;  // as written; an IPv6 address keeps its brackets
  std::string_view port;  // digits, empty when there are none
};

// RFC 9110 7.2, RFC 3986 3.2.2: uri-host [":" port], where the port is empty or 0..65535. A
// bracketed literal must be an IPv6 address without zone; IPvFuture is refused, nobody speaks it.
// Any other host is a registered name, dotted addresses included, and not empty (RFC 9110 4.2.1: an
// http or https URI always has one).
[[nodiscard]] std::optional<HostPort> parse_host(std::string_view text);

[[nodiscard]] bool valid_host(std::string_view text);

struct NormalizedPath {
  std::string_view path;  // in the caller's buffer; begins with '/'
  // The path has a %2F or %2f that the client sent encoded. It stays those three characters, %2F,
  // and never separates; but "%252F" decodes to the same three, so a path alone does not tell them
  // apart. A file handler answers 404 when this is set, since no file name contains a slash.
  bool has_encoded_slash = false;
};

// RFC 3986 6.2.2 and 5.2.4: decodes percent-encodings exactly once (%25 is '%', and is not looked
// at again), removes dot segments from the result, then makes one slash of several. A last segment
// "." or
// ".." leaves its slash; a backslash is an ordinary character. `buffer` holds at least
// raw_path.size() bytes and does not overlap raw_path; the result is never longer.
//
// nullopt: no '/' in front, a '%' without two hex digits, a control character (below 0x20, or
// 0x7F), invalid UTF-8 (RFC 3629 3: overlong forms and surrogates too), a ".." above the root. (RFC
// 3986 would swallow the last; no honest client sends it.)
[[nodiscard]] std::optional<NormalizedPath> normalize_path(std::string_view raw_path,
                                                           std::span<char> buffer);

// RFC 3986 3.3: appends a decoded path; what pchar and '/' allow stays, any other byte becomes %XX,
// '%' as well. Not for a path with has_encoded_slash: its %2F would become %252F.
void append_percent_encoded_path(std::string& out, std::string_view path);

}  // namespace server
