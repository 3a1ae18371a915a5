// The effective configuration: a file that says the same as what was loaded, with everything in it
// that was left out, and behind each value where it comes from:
//
//   "timeout": "8s",  // ouro.jsonc:3:14
//   "delay": "0s",    // default
//
// Any thread; pure function. It shows no secret: see value_text.h.
#pragma once

#include <string>

#include "config/loader.h"

namespace config {

// Loads again, from anywhere, as an equal Config. Sites of included files stand among the others.
[[nodiscard]] std::string effective_text(const Loaded& loaded);

}  // namespace config
