// Where passwords would be read by others: on a connection that anybody on the way can read, or out
// of a users' file that a route sends. One thread; looks at the file system, never into a file.
#pragma once

#include <vector>

#include "config/diagnostic.h"
#include "config/loader.h"

namespace config {

// Once for each site, and for each file. `loaded` is right.
[[nodiscard]] std::vector<Diagnostic> warn_of_passwords(const Loaded& loaded);

}  // namespace config
