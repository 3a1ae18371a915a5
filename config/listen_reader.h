// The members "listen" and "admin": where the server listens, and whom each listener believes. What
// is wrong goes to the report. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/document.h"
#include "config/report.h"

namespace config {

// Each is a socket for every loop, and each site is compared with each of them.
inline constexpr std::size_t kListenAddressesMax = 1000;

// `member` may be nullptr: then it is missing, and that has been said. `base_directory` is where
// the relative path of a Unix socket starts.
[[nodiscard]] std::vector<Listen> read_listen(Report& report, const Member* member,
                                              std::string_view base_directory);
// nullptr: the default. `listens` are taken already.
[[nodiscard]] Admin read_admin(Report& report, const Member* member,
                               std::string_view base_directory, const std::vector<Listen>& listens);
// What is none has been reported.
[[nodiscard]] std::optional<ListenAddress> read_address(Report& report, const Node& node,
                                                        std::string_view base_directory);

// What two listeners cannot share.
[[nodiscard]] std::string identity(const ListenAddress& address);

}  // namespace config
