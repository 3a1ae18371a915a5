#include "server/app/route_labels.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "server/app/summary.h"

namespace server {
namespace {

std::string shortened(std::string name) {
  if (name.size() <= RouteLabels::kBytesMax) return name;
  std::size_t size = RouteLabels::kBytesMax - 3;
  // Not within a character (RFC 3629 3).
  while (size > 0 && (static_cast<unsigned char>(name[size]) & 0xC0) == 0x80) --size;
  return name.substr(0, size) + "...";
}

}  // namespace

RouteLabels::RouteLabels(const config::Config& config) {
  for (const config::Site& site : config.sites) {
    std::vector<std::size_t>& indices = indices_.emplace_back();
    for (const config::Route& route : site.routes) {
      indices.push_back(find_or_add({shortened(summarize_hosts(site)),
                                     shortened(fmt::format("{}", fmt::join(route.path, ", ")))}));
    }
  }
}

std::size_t RouteLabels::find_or_add(Label label) {
  const auto found = std::find(all_.begin(), all_.end(), label);
  if (found != all_.end()) return static_cast<std::size_t>(found - all_.begin());
  if (all_.size() - (kOther + 1) == kLabelsMax) return kOther;
  all_.push_back(std::move(label));
  return all_.size() - 1;
}

}  // namespace server
