// A diagnostic about a place that is known from a loaded configuration: for what only shows once
// the files are read that it names. Any thread; plain values.
#pragma once

#include <string>

#include "config/config.h"
#include "config/diagnostic.h"
#include "config/loader.h"

namespace config {

// With the line, and the string that begins there underlined. A place in none of the files is only
// named.
[[nodiscard]] Diagnostic diagnose(const Loaded& loaded, const Place& place, std::string message,
                                  std::string help = {});

}  // namespace config
