// Router: which site and which of its routes answers a request. Sites by host: the exact name, then
// "*.x" for one label, then the site without hosts; without such a site an unknown host gets 421,
// never "the first site". Routes from top to bottom, the first whose path matches answers; nothing
// is re-sorted. Built once from the configuration, then unchanged; one per loop, since its handlers
// are.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/dispatch/path_pattern.h"
#include "server/http/exchange.h"

namespace server {

class Router final : public Handler {
 public:
  struct Route {
    std::vector<PathPattern> patterns;
    std::unique_ptr<Handler> action;
  };

  // `hosts` are lower-case names, empty for the site that takes every other host. The configuration
  // has made sure that no name comes twice.
  void add_site(const std::vector<std::string>& hosts, std::vector<Route> routes);

  void open_body(Exchange& exchange) override;
  void start(Exchange& exchange) override;

 private:
  using Routes = std::vector<Route>;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using SiteByName = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  [[nodiscard]] static const Route* find_route(const Routes& routes, std::string_view path);
  [[nodiscard]] const Routes* find_site(std::string_view host) const;
  [[nodiscard]] const Routes* named(const SiteByName& names, std::string_view name) const;

  std::vector<Routes> sites_;
  SiteByName exact_;      // "a.example"
  SiteByName wildcards_;  // ".example" for "*.example"
  std::optional<std::size_t> default_site_;
};

}  // namespace server
