// The members "tls": of the file, what holds for all listeners with TLS; of a site, its
// certificates. Only names of files are read here: whether they hold what they should shows at
// start. What is wrong goes to the report. One thread; it looks at the file system, for warnings.
#pragma once

#include <optional>
#include <string_view>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// nullptr: the defaults. `base_directory` is where relative paths start.
[[nodiscard]] Tls read_tls(Report& report, const Member* member, std::string_view base_directory);

// Nothing when it is neither an object nor a list with something in it.
[[nodiscard]] std::optional<SiteTls> read_site_tls(Report& report, const Member& member,
                                                   std::string_view base_directory);

}  // namespace config
