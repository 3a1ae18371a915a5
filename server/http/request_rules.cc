#include "server/http/request_rules.h"

#include <algorithm>
#include <optional>

#include "server/http/characters.h"

namespace server {
namespace {

constexpr std::size_t kVersionBytes = std::string_view("HTTP/1.1").size();

// RFC 9112 2.3: HTTP-name is case-sensitive, one digit on each side. 505 for a major version we do
// not speak; RFC 9110 2.5: a higher minor version is taken for the highest we know.
int read_version(std::string_view version, Request& request) {
  if (version.size() != kVersionBytes || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return 400;
  }
  if (version[5] != '1') return 505;
  request.minor_version = version[7] == '0' ? 0 : 1;
  return 0;
}

bool content_is_expected(Method method) {
  return method == Method::kPost || method == Method::kPut || method == Method::kPatch;
}

// RFC 9112 6.1 and 6.3: chunked comes last, and once, or nobody knows where the body ends. What
// comes before it we do not implement.
int check_coding(std::string_view codings) {
  if (equal_ignoring_case(codings, "chunked")) return 0;
  const std::size_t comma = codings.rfind(',');
  if (comma == std::string_view::npos) return 400;
  std::string_view last = codings.substr(comma + 1);
  while (!last.empty() && is_white_space(last.front())) last.remove_prefix(1);
  if (!equal_ignoring_case(last, "chunked")) return 400;
  return list_holds(codings.substr(0, comma), "chunked") ? 400 : 501;
}

// RFC 9112 6.1, 6.3: anything that two implementations could frame differently is refused.
int check_framing(const Request& request) {
  const std::size_t codings = request.fields.count_of("Transfer-Encoding");
  const std::size_t lengths = request.fields.count_of("Content-Length");
  if (codings > 1 || lengths > 1 || (codings > 0 && lengths > 0)) return 400;
  if (codings == 0 && lengths == 0 && request.minor_version == 0) {
    // RFC 1945 8.3 and 7.2.2: what such a client sends behind the head, if anything, could be its
    // body or its next request.
    return content_is_expected(request.method) ? 411 : 0;
  }
  if (codings == 0) return 0;
  if (request.minor_version == 0) return 400;
  return check_coding(request.fields.find("Transfer-Encoding")->value);
}

// Without its port. An empty Host is what RFC 9112 3.2 asks for when the target has no authority;
// we serve none such.
std::optional<std::string_view> host_of(std::string_view field, RequestStorage& storage) {
  if (field == storage.host_field && !field.empty()) return field.substr(0, storage.host_size);
  const std::optional<HostPort> host = parse_host(field);
  if (!host) return std::nullopt;
  if (field.size() <= RequestStorage::kHostBytesMax) {
    storage.host_field = field;
    storage.host_size = host->host.size();
  }
  return host->host;
}

// RFC 9112 3.2: exactly one Host in HTTP/1.1; RFC 9110 7.2: the target's authority wins over it.
int check_host(Request& request, RequestStorage& storage) {
  const std::size_t hosts = request.fields.count_of("Host");
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) return 400;
  request.host = {};
  if (hosts == 1) {
    const auto host = host_of(request.fields.find("Host")->value, storage);
    if (!host) return 400;
    request.host = *host;
  }
  if (request.target.form == RequestTarget::Form::kAbsolute) {
    const std::optional<HostPort> host = parse_host(request.target.authority);
    request.host = host ? host->host : std::string_view();
  }
  return 0;
}

int check_target(Request& request) {
  const auto target = parse_request_target(request.target_text);
  if (!target) return 400;
  request.target = *target;
  switch (target->form) {
    case RequestTarget::Form::kOrigin:
    case RequestTarget::Form::kAbsolute:
      return 0;
    case RequestTarget::Form::kAsterisk:
      return request.method == Method::kOptions ? 0 : 400;
    case RequestTarget::Form::kAuthority:
      return request.method == Method::kConnect ? 0 : 400;
  }
  return 400;
}

// RFC 9110 7.4. Last: what is malformed is that on every connection.
int check_scheme(const Request& request) {
  const RequestTarget& target = request.target;
  if (target.form != RequestTarget::Form::kAbsolute) return 0;
  return equal_ignoring_case(target.scheme, request.scheme) ? 0 : 421;
}

int read_path(Request& request, std::string& storage) {
  if (request.target.form == RequestTarget::Form::kAsterisk) {
    request.path = "*";
    return 0;
  }
  if (request.target.path_is_normal) {
    request.path = request.target.raw_path;
    return 0;
  }
  storage.resize(request.target.raw_path.size());
  const auto path = normalize_path(request.target.raw_path, storage);
  if (!path) return 400;
  request.path = path->path;
  request.has_encoded_slash = path->has_encoded_slash;
  return 0;
}

}  // namespace

int read_request_line(std::string_view line, Request& request) {
  // RFC 9112 3: exactly two single spaces; one space would be HTTP/0.9.
  request.method_text = leading_token(line);
  std::string_view rest = line.substr(request.method_text.size());
  if (request.method_text.empty() || rest.size() <= kVersionBytes + 2 || rest.front() != ' ') {
    return 400;
  }
  rest.remove_prefix(1);
  const std::size_t last_space = rest.size() - kVersionBytes - 1;
  request.target_text = rest.substr(0, last_space);
  if (rest.find(' ') != last_space) return 400;
  if (const int status = read_version(rest.substr(last_space + 1), request); status != 0) {
    return status;
  }
  request.method = parse_method(request.method_text);
  if (request.method == Method::kUnknown || request.method == Method::kConnect) return 501;
  return 0;
}

int check_request(Request& request, RequestStorage& storage) {
  if (const int status = check_framing(request); status != 0) return status;
  if (const int status = check_target(request); status != 0) return status;
  if (const int status = check_host(request, storage); status != 0) return status;
  if (const int status = read_path(request, storage.path); status != 0) return status;
  return check_scheme(request);
}

Expectation expectation_of(const Request& request) {
  // RFC 9110 10.1.1: an expectation in HTTP/1.0 is ignored.
  if (request.minor_version == 0 || !request.fields.may_hold("Expect")) return Expectation::kNone;
  Expectation expectation = Expectation::kNone;
  for (const Field& field : request.fields) {
    if (!equal_ignoring_case(field.name, "Expect")) continue;
    for (std::string_view list = field.value; !list.empty();) {
      const std::string_view element = take_list_element(list);
      if (element.empty()) continue;  // RFC 9110 5.6.1.2
      if (!equal_ignoring_case(element, "100-continue")) return Expectation::kUnknown;
      expectation = Expectation::kContinue;
    }
  }
  return expectation;
}

bool wants_keep_alive(const Request& request) {
  if (!request.fields.may_hold("Connection")) return request.minor_version == 1;
  bool close = false;
  bool keep_alive = false;
  for (const Field& field : request.fields) {
    if (!equal_ignoring_case(field.name, "Connection")) continue;
    close = close || list_holds(field.value, "close");
    keep_alive = keep_alive || list_holds(field.value, "keep-alive");
  }
  if (close) return false;
  return request.minor_version == 1 || keep_alive;
}

}  // namespace server
