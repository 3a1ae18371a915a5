// Targets, hosts and paths against RFC 3986 as tests/specification/uri.h reads it.
#include <string>
#include <vector>

#include "server/http/uri.h"
#include "tests/fuzz/properties.h"
#include "tests/specification/uri.h"

namespace fuzz {
namespace {

bool same_form(server::RequestTarget::Form form, specification::Form specified) {
  using Form = server::RequestTarget::Form;
  switch (form) {
    case Form::kOrigin:
      return specified == specification::Form::kOrigin;
    case Form::kAbsolute:
      return specified == specification::Form::kAbsolute;
    case Form::kAuthority:
      return specified == specification::Form::kAuthority;
    case Form::kAsterisk:
      return specified == specification::Form::kAsterisk;
  }
  return false;
}

std::string parse_problem(std::string_view text) {
  const auto target = server::parse_request_target(text);
  const auto specified = specification::read_target(text);
  if (target.has_value() != specified.has_value()) {
    return target ? "a target that is none" : "a target is refused";
  }
  if (!target) return "";
  if (!same_form(target->form, specified->form)) return "the form of the target";
  if (target->scheme != specified->scheme) return "scheme";
  if (target->authority != specified->authority) return "authority";
  if (target->raw_path != specified->path) return "path";
  if (target->has_query != specified->query.has_value()) return "a query or none";
  return target->query == specified->query.value_or("") ? "" : "query";
}

std::string host_problem(std::string_view text) {
  const auto host = server::parse_host(text);
  const auto specified = specification::read_authority(text);
  if (host.has_value() != specified.has_value()) return host ? "no host" : "a host is refused";
  if (host && (host->host != specified->host || host->port != specified->port)) return "host, port";
  return server::valid_host(text) == host.has_value() ? "" : "valid_host()";
}

// Normal: from the root, no empty segment but a last one, no dot segment.
bool is_normal(std::string_view path) {
  return path.starts_with('/') && path.find("//") == std::string_view::npos &&
         (std::string(path) + "/").find("/./") == std::string::npos &&
         (std::string(path) + "/").find("/../") == std::string::npos;
}

std::string path_problem(std::string_view text) {
  // Exactly the room that is asked for, so that a sanitizer sees one byte more.
  std::vector<char> buffer(text.size());
  const auto path = server::normalize_path(text, buffer);
  const auto specified = specification::read_path(text);
  if (path.has_value() != specified.has_value()) return path ? "no path" : "a path is refused";
  if (!path) return "";
  if (path->path != specified->text) return "normalised: " + std::string(path->path);
  if (path->has_encoded_slash != specified->has_encoded_slash) return "has_encoded_slash";
  if (path->path.size() > text.size()) return "it grew";
  if (!is_normal(path->path)) return "not normal: " + std::string(path->path);
  if (path->has_encoded_slash) return "";

  std::string encoded;
  server::append_percent_encoded_path(encoded, path->path);
  const auto target = server::parse_request_target(encoded);
  if (!target || target->raw_path != encoded) return "encoded, it is no target: " + encoded;
  std::vector<char> again(encoded.size());
  const auto decoded = server::normalize_path(encoded, again);
  if (!decoded || decoded->path != path->path) return "encoded and decoded, it is another";
  return decoded->has_encoded_slash ? "encoding made a slash" : "";
}

std::string encoding_problem(std::string_view text) {
  std::string encoded = "before";
  server::append_percent_encoded_path(encoded, text);
  return encoded == "before" + specification::encoded_path(text) ? "" : "encoded: " + encoded;
}

}  // namespace

std::string target_problem(std::string_view text) {
  for (const auto problem : {parse_problem, host_problem, path_problem, encoding_problem}) {
    if (std::string found = problem(text); !found.empty()) return found;
  }
  return "";
}

}  // namespace fuzz
