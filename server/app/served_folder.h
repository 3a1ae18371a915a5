// What `ouro serve` was told, as a configuration: the one that runs, and that --print-config shows.
// Main thread; it looks at the file system.
#pragma once

#include <string>

#include "core/base/result.h"
#include "server/app/command_line.h"

namespace server {

// A file with only what differs from the defaults, every path absolute. The error is a message for
// people; what else may be wrong the loader finds.
[[nodiscard]] core::Result<std::string, std::string> configuration_of(const ServeCommand& command);

}  // namespace server
