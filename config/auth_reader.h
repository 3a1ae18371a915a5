// The member "auth" of a site or route: who may come in. The users' file is only named here: what
// stands in it is read at start. What is wrong goes to the report. One thread; it looks at the file
// system, for warnings.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// It stands in every 401.
inline constexpr std::size_t kRealmBytesMax = 200;

// nullopt: null, here or for "basic", which removes what was inherited. `base_directory` is where
// relative paths start.
[[nodiscard]] std::optional<BasicAuth> read_auth(Report& report, const Member& member,
                                                 std::string_view base_directory);

}  // namespace config
