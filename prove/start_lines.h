// What a server says of itself when it has started. A pure function; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prove {

struct StartLines {
  std::string engine;       // "io_uring", "epoll, because ..."
  std::string loops;        // "2"
  std::uint16_t plain = 0;  // ports on 127.0.0.1
  std::uint16_t tls = 0;    // 0: none
  std::uint16_t admin = 0;
};

// nullopt: it has not yet said all of it.
[[nodiscard]] std::optional<StartLines> read_start_lines(std::string_view said);

}  // namespace prove
