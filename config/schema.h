// The configuration's form as a JSON Schema (draft 2020-12), written from the declaration of its
// keys: for editors, and for whoever generates configurations. What the schema refuses the loader
// refuses; the loader refuses more, such as a duration out of its bounds or a host that comes
// twice. Any thread; pure function.
#pragma once

#include <string>

namespace config {

// With a line break at its end.
[[nodiscard]] std::string json_schema();

}  // namespace config
