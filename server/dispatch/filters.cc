#include "server/dispatch/filters.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "server/http/cross_origin.h"

namespace server {
namespace {

// What handlers of ours put into answers. Whatever else a route sets stands beside theirs, and
// their fields need not be looked through.
constexpr std::array<std::string_view, 12> kOfHandlers = {
    "Accept-Ranges", "Allow",        "Cache-Control", "Content-Encoding",
    "Content-Range", "Content-Type", "ETag",          "Last-Modified",
    "Location",      "Retry-After",  "Vary",          "WWW-Authenticate"};

bool is_of_handlers(std::string_view name) {
  return std::any_of(kOfHandlers.begin(), kOfHandlers.end(),
                     [name](std::string_view other) { return equal_ignoring_case(name, other); });
}

// The order of the filters: headers come after cors, so theirs is the last word.
constexpr std::string_view kOfCrossOrigin = "Access-Control-";

bool is_of_cross_origin(std::string_view name) {
  return equal_ignoring_case(name.substr(0, kOfCrossOrigin.size()), kOfCrossOrigin);
}

std::shared_ptr<const CrossOrigin> compile_cross_origin(const config::Cors& cors) {
  return std::make_shared<const CrossOrigin>(
      CrossOrigin::Rules{cors.origins, cors.methods, cors.headers, cors.credentials, cors.max_age});
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

ResponsePolicy compile_policy(const config::Filters& filters) {
  ResponsePolicy policy;
  policy.access_log = filters.access_log;
  policy.server_timing = filters.server_timing;
  for (const config::HeaderChange& change : filters.headers) {
    if (change.value) append_field(policy.fields, change.name, *change.value);
    // RFC 9110 12.5.5: what a handler varies on stays true, whatever else is named.
    const bool joins = change.value.has_value() && equal_ignoring_case(change.name, "Vary");
    if (joins) continue;
    if (is_of_handlers(change.name) || (filters.cors && is_of_cross_origin(change.name))) {
      policy.withheld.push_back(change.name);
    }
  }
  if (filters.cors) policy.cross_origin = compile_cross_origin(*filters.cors);
  if (filters.cache_control) {
    append_field(policy.fields_of_success, "Cache-Control", *filters.cache_control);
  }
  return policy;
}

}  // namespace server
