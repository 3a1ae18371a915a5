// One question to the admin of the server that is tried. Blocks for at most the limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace prove {

struct AdminAnswer {
  int status = 0;
  std::string body;
};

// GET `path` from 127.0.0.1:`port`. An error: no whole answer in time.
[[nodiscard]] core::Result<AdminAnswer> ask_admin(std::uint16_t port, const std::string& path,
                                                  std::chrono::milliseconds limit);

// What a connection that was closed behind its answer has brought.
[[nodiscard]] core::Result<AdminAnswer> read_admin_answer(std::string_view bytes);

}  // namespace prove
