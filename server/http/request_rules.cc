#include "server/http/request_rules.h"

#include <algorithm>

namespace server {
namespace {

bool is_token_char(char c) {
  // RFC 9110 5.6.2
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 9112 2.3: HTTP-name is case-sensitive, one digit on each side. 505 for a version we do not
// speak.
int read_version(std::string_view version, Request& request) {
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return 400;
  }
  if (version[5] != '1' || version[7] > '1') return 505;
  request.minor_version = version[7] - '0';
  return 0;
}

// RFC 9112 6.1, 6.3: anything that two implementations could frame differently is refused.
int check_framing(const Request& request) {
  const std::size_t codings = request.fields.count_of("Transfer-Encoding");
  const std::size_t lengths = request.fields.count_of("Content-Length");
  if (codings > 1 || lengths > 1 || (codings > 0 && lengths > 0)) return 400;
  if (codings == 0) return 0;
  if (request.minor_version == 0) return 400;
  const std::string_view coding = request.fields.find("Transfer-Encoding")->value;
  return equal_ignoring_case(coding, "chunked") ? 0 : 501;
}

// RFC 9112 3.2: exactly one Host in HTTP/1.1; RFC 9110 7.2: the target's authority wins over it.
int check_host(Request& request) {
  const std::size_t hosts = request.fields.count_of("Host");
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) return 400;
  std::string_view authority;
  if (hosts == 1) {
    authority = request.fields.find("Host")->value;
    // An empty Host is what RFC 9112 3.2 asks for when the target has no authority; we serve none
    // such.
    if (!valid_host(authority)) return 400;
  }
  if (request.target.form == RequestTarget::Form::kAbsolute) authority = request.target.authority;
  const auto host = parse_host(authority);
  request.host = host ? host->host : std::string_view();
  return 0;
}

int check_target(Request& request) {
  const auto target = parse_request_target(request.target_text);
  if (!target) return 400;
  request.target = *target;
  switch (target->form) {
    case RequestTarget::Form::kOrigin:
      return 0;
    case RequestTarget::Form::kAbsolute:
      return equal_ignoring_case(target->scheme, "http") ? 0 : 421;
    case RequestTarget::Form::kAsterisk:
      return request.method == Method::kOptions ? 0 : 400;
    case RequestTarget::Form::kAuthority:
      return request.method == Method::kConnect ? 0 : 400;
  }
  return 400;
}

int read_path(Request& request, std::string& storage) {
  if (request.target.form == RequestTarget::Form::kAsterisk) {
    request.path = "*";
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

int read_request_line(std::string_view head, Request& request) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t first_space = line.find(' ');
  const std::size_t last_space = line.rfind(' ');
  // RFC 9112 3: exactly two single spaces; one space would be HTTP/0.9.
  if (first_space == std::string_view::npos || first_space == last_space || first_space == 0 ||
      line.find(' ', first_space + 1) != last_space || last_space == first_space + 1) {
    return 400;
  }
  request.method_text = line.substr(0, first_space);
  if (!std::all_of(request.method_text.begin(), request.method_text.end(), is_token_char)) {
    return 400;
  }
  if (const int status = read_version(line.substr(last_space + 1), request); status != 0) {
    return status;
  }
  request.method = parse_method(request.method_text);
  if (request.method == Method::kUnknown || request.method == Method::kConnect) return 501;
  return 0;
}

int check_request(Request& request, std::string& path_storage) {
  if (const int status = check_framing(request); status != 0) return status;
  if (const int status = check_target(request); status != 0) return status;
  if (const int status = check_host(request); status != 0) return status;
  return read_path(request, path_storage);
}

Framing framing_of(const Request& request) {
  return {request.fields.find("Transfer-Encoding") != nullptr,
          request.fields.find("Content-Length") != nullptr};
}

bool wants_keep_alive(const Request& request) {
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
