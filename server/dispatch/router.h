// Router: which site and which of its routes answers a request. Sites by listener and host, see
// HostTable; where no site takes the host it gets 421. Routes from top to bottom, the first whose
// path and methods match answers; nothing is re-sorted. Built once from the configuration, then
// unchanged; one per loop, since its handlers are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/doing.h"
#include "server/dispatch/host_table.h"
#include "server/dispatch/path_pattern.h"
#include "server/dispatch/route_trace.h"
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
    RouteRecord record = {};
  };

  Router() = default;

  // `hosts` are lower-case names, empty for the site that takes every other host. `listeners` are
  // the indices of those that the site answers on, empty for all. The configuration has made sure
  // that no name comes twice on one listener. `policy` is of the answers that no route gives;
  // `pages` may be null.
  void add_site(const std::vector<std::string>& hosts, std::vector<Route> routes,
                ResponsePolicy policy = {}, const std::vector<std::size_t>& listeners = {},
                std::unique_ptr<StatusPages> pages = nullptr);

  // `doing` is told which route's handler runs.
  void tell(core::Doing& doing) { doing_ = &doing; }

  // Decides which route answers; its handler is asked from then on.
  void admit(Exchange& exchange) override;
  void open_body(Exchange& exchange) override {
    const core::DoingFor doing(doing_, exchange.route == nullptr ? nullptr : &exchange.route->name);
    exchange.handler->open_body(exchange);
  }
  void start(Exchange& exchange) override {
    const core::DoingFor doing(doing_, exchange.route == nullptr ? nullptr : &exchange.route->name);
    exchange.handler->start(exchange);
  }

  // What admit() decides for a request that comes in on `listener`, and why.
  [[nodiscard]] RouteTrace trace(const Request& request, std::uint32_t listener) const;

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
  // To a preflight; what it says is said by the policy.
  class Preflight final : public Handler {
    void start(Exchange& exchange) override;
  };
  class ServerOptions final : public Handler {
    void start(Exchange& exchange) override;
  };
  struct Decision {
    const Site* site = nullptr;
    const Route* route = nullptr;
    bool path_known = false;  // by a route with other methods
    bool preflight = false;   // the policy answers

    [[nodiscard]] const ResponsePolicy& policy() const {
      return route != nullptr ? route->policy : site->policy;
    }
  };
  // `trace` may be null.
  [[nodiscard]] Decision decide(const Request& request, std::uint32_t listener,
                                RouteTrace* trace) const;
  [[nodiscard]] bool may_ask_for(const ConnectionFacts& connection, const Decision& decision) const;
  static void find_preflight(const Request& request, Decision& decision, RouteTrace* trace);
  static void find_route(std::string_view path, Method method, Decision& decision,
                         RouteTrace* trace);
  [[nodiscard]] std::optional<HostTable::Match> find_site(const Request& request,
                                                          std::uint32_t listener) const;

  core::Doing* doing_ = nullptr;
  std::vector<Site> sites_;
  Refusal misdirected_{421};
  Refusal missing_{404};
  WrongMethod wrong_method_{*this};
  Preflight preflight_;
  ServerOptions server_options_;
  HostTable everywhere_;                // of listeners that no site names
  std::vector<HostTable> by_listener_;  // all sites of that listener, those of everywhere too
};

}  // namespace server
