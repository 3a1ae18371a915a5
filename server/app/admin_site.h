// What the admin listener answers, as a configuration like any other: the same code serves it, on a
// loop of its own. Pure; any thread.
#pragma once

#include "config/config.h"

namespace server {

// One site with /healthz, /readyz and a page that names them.
[[nodiscard]] config::Config admin_config();

}  // namespace server
