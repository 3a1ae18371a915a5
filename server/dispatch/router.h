// Router: which site and which of its routes answers a request. Sites by host: the exact name, then
// "*.x" for one label, then the site without hosts; without such a site an unknown host gets 421,
// never "the first site". Routes from top to bottom, the first whose path and methods match
// answers; nothing is re-sorted. Built once from the configuration, then unchanged; one per loop,
// since its handlers are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/dispatch/path_pattern.h"
#include "server/http/exchange.h"
#include "server/http/method.h"

namespace server {

class Router final : public Handler {
 public:
  struct Route {
    std::vector<PathPattern> patterns;
    std::vector<Method> methods;  // empty: all; GET brings HEAD with it
    std::unique_ptr<Handler> action;
    ResponsePolicy policy;
    std::optional<std::uint64_t> body_bytes_max;  // nullopt: the server's
  };

  Router() = default;

  // `hosts` are lower-case names, empty for the site that takes every other host. The configuration
  // has made sure that no name comes twice. `policy` is of the answers that no route gives; `pages`
  // may be null.
  void add_site(const std::vector<std::string>& hosts, std::vector<Route> routes,
                ResponsePolicy policy = {}, std::unique_ptr<StatusPages> pages = nullptr);

  // Decides which route answers; its handler is asked from then on.
  void admit(Exchange& exchange) override;
  void open_body(Exchange& exchange) override { exchange.handler->open_body(exchange); }
  void start(Exchange& exchange) override { exchange.handler->start(exchange); }

 private:
  struct Site {
    std::vector<Route> routes;
    ResponsePolicy policy;
    std::unique_ptr<StatusPages> pages;
  };
  // An answer that the router gives itself.
  class Refusal final : public Handler {
   public:
    explicit Refusal(int status) : status_(status) {}
    void start(Exchange& exchange) override { respond_with_status(exchange, status_); }

   private:
    const int status_;
  };
  // 405, or for OPTIONS 204, with the methods that the path has.
  class WrongMethod final : public Handler {
   public:
    explicit WrongMethod(const Router& router) : router_(router) {}
    void start(Exchange& exchange) override;

   private:
    const Router& router_;
  };
  class ServerOptions final : public Handler {
    void start(Exchange& exchange) override;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using SiteByName = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  struct Found {
    const Route* route = nullptr;
    bool path_known = false;  // by a route with other methods
  };
  [[nodiscard]] static Found find_route(const Site& site, std::string_view path, Method method);
  [[nodiscard]] const Site* find_site(std::string_view host) const;
  [[nodiscard]] const Site* named(const SiteByName& names, std::string_view name) const;

  std::vector<Site> sites_;
  Refusal misdirected_{421};
  Refusal missing_{404};
  WrongMethod wrong_method_{*this};
  ServerOptions server_options_;
  SiteByName exact_;      // "a.example"
  SiteByName wildcards_;  // ".example" for "*.example"
  std::optional<std::size_t> default_site_;
};

}  // namespace server
