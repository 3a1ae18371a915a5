// What a site and a route are, in a few words for people. Pure; any thread.
#pragma once

#include <string>

#include "config/config.h"

namespace server {

[[nodiscard]] std::string summarize(const config::Place& place);  // "ouro.jsonc:3:5"
[[nodiscard]] std::string summarize_hosts(const config::Site& site);
[[nodiscard]] std::string summarize_action(const config::Route& route);
// `passwords of /etc/ouro/users (realm "Restricted")`
[[nodiscard]] std::string summarize_auth(const config::BasicAuth& auth);

}  // namespace server
