#include "server/dispatch/redirect.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace server {
namespace {

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The path as a client may send it. Normalised, so that it begins with one slash: a "//name" in
// front of a Location would lead to another host.
void append_path(std::string_view path, bool has_encoded_slash, std::string& out) {
  std::string encoded;
  append_percent_encoded_path(encoded, path);
  if (has_encoded_slash) {  // it stands decoded as the three characters that it came as
    constexpr std::string_view kTwiceEncoded = "%252F";
    for (std::size_t at = encoded.find(kTwiceEncoded); at != std::string::npos;
         at = encoded.find(kTwiceEncoded, at)) {
      encoded.replace(at, kTwiceEncoded.size(), "%2F");
    }
  }
  out += encoded;
}

void append_query(const Request& request, std::string_view before, std::string& out) {
  if (request.target.has_query) out.append(before).append(request.target.query);
}

}  // namespace

Redirect::Redirect(std::string to, int status, std::vector<PathPattern> patterns)
    : to_(std::move(to)),
      status_(status),
      keeps_query_(!holds(to_, "?") && !holds(to_, "{uri}") && !holds(to_, "{query}")),
      patterns_(std::move(patterns)) {}

void Redirect::start(Exchange& exchange) {
  // HTTP/1.0 may come without a host, and then there is nothing to lead it to.
  if (exchange.request.host.empty() && holds(to_, "{host}")) {
    respond_with_status(exchange, 400);
    return;
  }
  exchange.response.fields.add("Location", location(exchange.request));
  respond_with_status(exchange, status_);
}

std::string Redirect::location(const Request& request) const {
  std::string out;
  std::string_view left = to_;
  while (!left.empty()) {
    const std::size_t open = std::min(left.find('{'), left.size());
    out += left.substr(0, open);
    left.remove_prefix(open);
    if (left.empty()) break;
    const std::size_t end = left.find('}');
    append_placeholder(left.substr(1, end - 1), request, out);
    left.remove_prefix(end + 1);
  }
  if (!keeps_query_ || !request.target.has_query) return out;
  // RFC 3986 3: the query stands before the fragment.
  const std::size_t fragment = std::min(out.find('#'), out.size());
  out.insert(fragment, "?" + std::string(request.target.query));
  return out;
}

std::string_view Redirect::rest(std::string_view path) const {
  for (const PathPattern& pattern : patterns_) {
    if (const auto rest = pattern.match(path)) return *rest;
  }
  return {};
}

void Redirect::append_placeholder(std::string_view name, const Request& request,
                                  std::string& out) const {
  if (name == "scheme") {
    out += request.scheme;
  } else if (name == "host") {
    out += request.host;
  } else if (name == "path") {
    append_path(request.path, request.has_encoded_slash, out);
  } else if (name == "query") {
    append_query(request, "", out);
  } else if (name == "uri") {
    append_path(request.path, request.has_encoded_slash, out);
    append_query(request, "?", out);
  } else if (name == "rest") {
    append_path(rest(request.path), request.has_encoded_slash, out);
  }
}

}  // namespace server
