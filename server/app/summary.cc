#include "server/app/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/diagnostic.h"

namespace server {

std::string summarize(const config::Place& place) {
  return fmt::format("{}:{}:{}", config::printable(place.file), place.line, place.column);
}

std::string summarize_hosts(const config::Site& site) {
  return site.hosts.empty() ? "any host" : fmt::format("{}", fmt::join(site.hosts, ", "));
}

std::string summarize_action(const config::Route& route) {
  if (const auto* files = std::get_if<config::Files>(&route.action)) return "files " + files->root;
  if (const auto* redirect = std::get_if<config::Redirect>(&route.action)) {
    return fmt::format("redirect {} {}", redirect->status, redirect->to);
  }
  if (const auto* respond = std::get_if<config::Respond>(&route.action)) {
    return fmt::format("respond {}", respond->status);
  }
  const auto health = std::get<config::Health>(route.action);
  return health == config::Health::kLive ? "health live" : "health ready";
}

std::string summarize_auth(const config::BasicAuth& auth) {
  return fmt::format("passwords of {} (realm {})", config::printable(auth.users_file.path),
                     config::quote(auth.realm));
}

}  // namespace server
