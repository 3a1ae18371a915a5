#include "server/http/method.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace server {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 10> kNames = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "UNKNOWN"};

static_assert(kNames.size() == static_cast<std::size_t>(Method::kUnknown) + 1);

}  // namespace

Method parse_method(std::string_view token) {
  // GET is first and most; the linear search over nine short names ends there. A client that sends
  // "UNKNOWN" finds kUnknown, as it should.
  const auto* found = std::ranges::find(kNames, token);
  if (found == kNames.end()) return Method::kUnknown;
  return static_cast<Method>(found - kNames.begin());
}

std::string_view to_string(Method method) { return kNames[static_cast<std::size_t>(method)]; }

}  // namespace server
