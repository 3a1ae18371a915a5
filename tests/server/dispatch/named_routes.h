// Routes whose answer is their name, for tests of who answers.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/dispatch/router.h"

namespace test {

class Named final : public server::Handler {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  // Leaves its name, for want of a sink.
  void open_body(server::Exchange& exchange) override {
    exchange.response.fields.add("X-Opened", name_);
  }
  void start(server::Exchange& exchange) override {
    exchange.response.status = 200;
    exchange.response.body = server::TextBody{name_};
    exchange.respond();
  }

 private:
  const std::string name_;
};

inline server::Router::Route route(const std::vector<std::string>& patterns,
                                   const std::string& name) {
  server::Router::Route result;
  for (const std::string& pattern : patterns) result.patterns.emplace_back(pattern);
  result.action = std::make_unique<Named>(name);
  return result;
}

inline void add_site(server::Router& router, const std::vector<std::string>& hosts,
                     const std::string& name, const std::vector<std::size_t>& listeners = {}) {
  std::vector<server::Router::Route> routes;
  routes.push_back(route({"/**"}, name));
  router.add_site(hosts, std::move(routes), {}, listeners);
}

}  // namespace test
