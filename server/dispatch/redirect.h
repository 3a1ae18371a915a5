// Redirect: the action of a `redirect` route: a status and a Location made from a template with
// placeholders (config.md rule 8). Immutable; loop thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/dispatch/path_pattern.h"
#include "server/http/exchange.h"

namespace server {

class Redirect final : public Handler {
 public:
  // `to` has been checked by the configuration. `patterns` are the route's: {rest} is what the `**`
  // of the one that matches stands for.
  Redirect(std::string to, int status, std::vector<PathPattern> patterns);

  void start(Exchange& exchange) override;

 private:
  [[nodiscard]] std::string location(const Request& request) const;
  [[nodiscard]] std::string_view rest(std::string_view path) const;
  void append_placeholder(std::string_view name, const Request& request, std::string& out) const;

  const std::string to_;
  const int status_;
  const bool keeps_query_;
  const std::vector<PathPattern> patterns_;
};

}  // namespace server
