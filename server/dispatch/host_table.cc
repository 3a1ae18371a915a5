#include "server/dispatch/host_table.h"

#include <algorithm>
#include <array>

#include "core/base/letter_case.h"

namespace server {
namespace {

// RFC 1035 2.3.4: no name that could be configured is longer.
constexpr std::size_t kHostBytesMax = 255;

}  // namespace

void HostTable::add(const std::vector<std::string>& hosts, std::size_t site) {
  if (hosts.empty()) default_ = Match{site, HostRule::kDefault};
  for (const std::string& host : hosts) {
    if (host.starts_with("*.")) {
      wildcards_.emplace(host.substr(1), site);
    } else {
      exact_.emplace(host, site);
    }
  }
}

std::optional<HostTable::Match> HostTable::find(std::string_view host) const {
  if ((exact_.empty() && wildcards_.empty()) || host.size() > kHostBytesMax) return default_;
  // RFC 3986 3.2.2: names are case-insensitive; one dot at the end means the same name.
  std::array<char, kHostBytesMax> lower{};
  std::transform(host.begin(), host.end(), lower.begin(), [](char c) { return core::to_lower(c); });
  std::string_view name(lower.data(), host.size());
  if (name.ends_with('.')) name.remove_suffix(1);
  if (const auto found = exact_.find(name); found != exact_.end()) {
    return Match{found->second, HostRule::kExact};
  }
  const std::size_t dot = name.find('.');
  if (dot != std::string_view::npos && dot > 0) {
    const auto found = wildcards_.find(name.substr(dot));
    if (found != wildcards_.end()) return Match{found->second, HostRule::kWildcard};
  }
  return default_;
}

}  // namespace server
