#include "server/http/cross_origin.h"

#include <algorithm>
#include <utility>

#include "server/http/characters.h"

namespace server {
namespace {

constexpr std::string_view kRequestedHeaders = "Access-Control-Request-Headers";

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string join(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out.append(out.empty() ? "" : ", ").append(item);
  return out;
}

bool is_any(const std::vector<std::string>& items) { return items.size() == 1 && items[0] == "*"; }

bool holds(const std::vector<std::string>& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// RFC 6454 7.3: one, or it is that of nobody.
std::optional<std::string_view> origin_of(const Request& request) {
  if (request.fields.count_of("Origin") != 1) return std::nullopt;
  return request.fields.find("Origin")->value;
}

// The header names that the browser asks for, fit to be sent back; empty when one of them is no
// name.
std::string requested_headers(const Request& request) {
  std::string out;
  for (const Field& field : request.fields) {
    if (!equal_ignoring_case(field.name, kRequestedHeaders)) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      const std::string_view name = take_list_element(list);
      if (name.empty()) continue;
      if (!is_token(name)) return {};
      out.append(out.empty() ? "" : ", ").append(name);
    }
  }
  return out;
}

}  // namespace

// Fetch: with credentials a "*" stands for nothing. So it is not any origin then, and equals none.
CrossOrigin::CrossOrigin(Rules rules)
    : rules_(std::move(rules)),
      any_origin_(is_any(rules_.origins) && !rules_.credentials),
      any_header_(is_any(rules_.headers)) {
  append_field(of_preflights_, "Access-Control-Allow-Methods", join(rules_.methods));
  if (!any_header_ && !rules_.headers.empty()) {
    append_field(of_preflights_, "Access-Control-Allow-Headers", join(rules_.headers));
  }
  if (rules_.max_age.count() > 0) {
    append_field(of_preflights_, "Access-Control-Max-Age", std::to_string(rules_.max_age.count()));
  }
}

std::string CrossOrigin::fields(const Request& request) const {
  std::string out;
  const auto origin = origin_of(request);
  if (allows(origin)) append_origin(origin, out);
  // RFC 9110 12.5.5: also where there was none, for a cache may keep that answer for another.
  if (!any_origin_) append_field(out, "Vary", "Origin");
  return out;
}

std::string CrossOrigin::preflight_fields(const Request& request) const {
  std::string out;
  const auto origin = origin_of(request);
  const auto method = preflight_method(request);
  if (allows(origin) && method && holds(rules_.methods, *method)) {
    append_origin(origin, out);
    out += of_preflights_;
    // Fetch: a "*" would neither cover Authorization nor hold with credentials.
    const std::string headers = any_header_ ? requested_headers(request) : std::string();
    if (!headers.empty()) append_field(out, "Access-Control-Allow-Headers", headers);
  }
  append_field(out, "Vary",
               "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  return out;
}

void CrossOrigin::append_origin(std::optional<std::string_view> origin, std::string& out) const {
  append_field(out, "Access-Control-Allow-Origin", any_origin_ ? "*" : origin.value_or(""));
  if (rules_.credentials) append_field(out, "Access-Control-Allow-Credentials", "true");
}

bool CrossOrigin::allows(std::optional<std::string_view> origin) const {
  return any_origin_ || (origin && *origin != "*" && holds(rules_.origins, *origin));
}

std::optional<std::string_view> preflight_method(const Request& request) {
  if (request.method != Method::kOptions) return std::nullopt;
  const Field* method = request.fields.find("Access-Control-Request-Method");
  if (method == nullptr || request.fields.find("Origin") == nullptr) return std::nullopt;
  return method->value;
}

}  // namespace server
