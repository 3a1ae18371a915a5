// HostTable: which site a host belongs to, on one listener: the exact name, then "*.x" for one
// label, then the site without hosts; never "the first site". Sites are numbers of whoever keeps
// them. Built once, then unchanged; looking up allocates nothing. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/string_map.h"

namespace server {

enum class HostRule : std::uint8_t { kExact, kWildcard, kDefault };

class HostTable {
 public:
  struct Match {
    std::size_t site = 0;
    HostRule rule = HostRule::kDefault;
  };

  // `hosts` are lower-case names, empty for the site that takes every other host. The configuration
  // has made sure that no name comes twice.
  void add(const std::vector<std::string>& hosts, std::size_t site);

  // `host` as a client sent it, without its port.
  [[nodiscard]] std::optional<Match> find(std::string_view host) const;

 private:
  core::StringMap<std::size_t> exact_;      // "a.example"
  core::StringMap<std::size_t> wildcards_;  // ".example" for "*.example"
  std::optional<Match> default_;
};

}  // namespace server
